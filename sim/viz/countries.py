"""Names of countries on figures, and where to point for those that lie beyond a region's grid.

Part of the pictures, after all phases. The places are rough middles, good enough to say "in that
direction"; nothing is computed from them, and no way between countries is drawn.
"""

from __future__ import annotations

NAMES: dict[str, str] = {
    "AGO": "Angola", "ALB": "Albania", "AUT": "Austria", "BDI": "Burundi", "BFA": "Burkina Faso",
    "BGR": "Bulgaria", "BHS": "Bahamas", "BIH": "Bosnia and Herzegovina", "BLR": "Belarus",
    "CAF": "Central African Republic", "CHN": "China", "CIV": "Côte d'Ivoire", "CMR": "Cameroon",
    "COD": "DR Congo", "COG": "Congo", "CUB": "Cuba", "CZE": "Czechia", "DEU": "Germany",
    "DOM": "Dominican Republic", "ETH": "Ethiopia", "GAB": "Gabon", "GHA": "Ghana", "GIN": "Guinea",
    "GMB": "Gambia", "GNB": "Guinea-Bissau", "GRC": "Greece", "HRV": "Croatia", "HTI": "Haiti",
    "HUN": "Hungary", "ITA": "Italy", "JAM": "Jamaica", "KAZ": "Kazakhstan", "KEN": "Kenya",
    "KHM": "Cambodia", "LAO": "Laos", "LBR": "Liberia", "LTU": "Lithuania", "MDA": "Moldova",
    "MKD": "North Macedonia", "MLI": "Mali", "MMR": "Myanmar", "MNE": "Montenegro", "MOZ": "Mozambique",
    "MWI": "Malawi", "NGA": "Nigeria", "PHL": "Philippines", "POL": "Poland", "ROU": "Romania",
    "RUS": "Russia", "RWA": "Rwanda", "SDN": "Sudan", "SEN": "Senegal", "SLE": "Sierra Leone",
    "SRB": "Serbia", "SSD": "South Sudan", "SVK": "Slovakia", "SVN": "Slovenia", "TCD": "Chad",
    "THA": "Thailand", "TUR": "Türkiye", "TZA": "Tanzania", "UGA": "Uganda", "UKR": "Ukraine",
    "VNM": "Viet Nam", "XKX": "Kosovo", "ZMB": "Zambia",
    "MIS": "the mission country", "NBR": "neighbour", "SRA": "near source", "SRC": "far source",
}  # fmt: skip

# Longitude and latitude in degrees of countries that some mission names and its grid does not show.
BEYOND: dict[str, tuple[float, float]] = {
    "BLR": (28.0, 53.5), "CHN": (105.0, 30.0), "GHA": (-1.0, 8.0), "GMB": (-15.5, 13.5), "JAM": (-77.3, 18.1),
    "KAZ": (67.0, 48.0), "LTU": (24.0, 55.3), "NGA": (8.0, 9.0), "PHL": (122.0, 12.0), "RUS": (45.0, 55.0),
    "SEN": (-14.5, 14.5),
}  # fmt: skip


def country_name(code: str) -> str:
    """Return the name readers know, or the code itself."""
    return NAMES.get(code, code)


def area_name(codes: list[str]) -> str:
    """Return the names of a mission area joined by a plus sign."""
    return " + ".join(country_name(code) for code in codes) or "the mission area"
