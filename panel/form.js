var ac365 = { onLoad: function () {} };
