"""What happens to the account's rows when somebody writes, imports, mails or clicks."""
