"""Names and places to make people and companies of, in several scripts. Nobody real is meant."""

from __future__ import annotations

FIRST = (
    "Ada", "Ben", "Cleo", "Dov", "Emeka", "Farah", "Grace", "Hugo", "Ines", "Jonas", "Kirsten", "Liam", "Mónica",
    "Noah", "Oksana", "Pía", "Quentin", "Renée", "Søren", "Tariq", "Uma", "Věra", "Wanda", "Ximena", "Yusuf", "Zoë",
    "Łukasz", "Þóra", "Ștefan", "Đorđe", "Ayşe", "José María", "Anne-Sophie", "D’Arcy", "محمد", "ليلى", "שרה", "דב",
    "小明", "美咲", "지우", "Ольга", "Ελένη", "สมชาย", "Nguyễn",
)  # fmt: skip

LAST = (
    "Abara", "Byron", "Cohen", "D'Angelo", "Eriksson", "Fernández", "García", "Hopper", "Ivanović", "Jørgensen",
    "Kowalczyk", "Lovelace", "MacDonald", "Núñez", "O'Brien", "Pérez-Reverte", "Quispe", "Rossi", "Schröder", "Tanaka",
    "Uribe", "van der Berg", "Wójcik", "Xu", "Yılmaz", "Zimmermann", "Groß", "Ó Súilleabháin", "العربي", "כהן", "李",
    "山田", "김", "Смирнова", "Παπαδόπουλος", "Nakamura-Smith", "de la Cruz", "St. John", "Müller", "Bjørk",
)  # fmt: skip

JOBS = (
    "Buyer", "Head of Sales", "R&D Engineer", "Chief Executive Officer", "Office Manager", "Büroleiterin",
    "Directrice générale", "営業部長", "Account Executive", "Data Analyst", "Nurse", "Architect",
)  # fmt: skip

COMPANY = (
    "Adventure", "Blue Yonder", "Contoso", "Fabrikam", "Fourth Coffee", "Graphic", "Humongous", "Litware", "Lucerne",
    "Margie", "Northwind", "Proseware", "Relecloud", "Southridge", "Tailspin", "Trey", "Wide World", "Woodgrove",
)  # fmt: skip

KIND = ("Airlines", "Bank", "Foods", "GmbH", "Inc.", "Insurance", "Labs", "Ltd", "S.A.", "Toys", "Traders", "株式会社")

PLACES = (
    ("Aachen", "Nordrhein-Westfalen", "52062", "Germany"),
    ("Boston", "MA", "02108", "United States"),
    ("Cardiff", "Wales", "CF10 1EP", "United Kingdom"),
    ("Dublin", "Leinster", "D02 X285", "Ireland"),
    ("Évry", "Île-de-France", "91000", "France"),
    ("Fukuoka", "福岡県", "810-0001", "日本"),
    ("Göteborg", "Västra Götaland", "411 01", "Sweden"),
    ("Haifa", "חיפה", "3100000", "Israel"),
    ("İzmir", "İzmir", "35000", "Türkiye"),
    ("Jackson", "MS", "39201", "USA"),
    ("São Paulo", "SP", "01000-000", "Brasil"),
    ("القاهرة", "القاهرة", "11511", "مصر"),
)

STREETS = ("Main St", "Rue de l'Église", "Königstraße", "Via Roma", "Calle Ñuñoa", "Højbro Plads", "Market Sq.")

DOMAINS = (
    "mail.example", "post.example", "contoso.example", "fabrikam.example", "northwind.example", "litware.example",
    "people.example", "inbox.example",
)  # fmt: skip
