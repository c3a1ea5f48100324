"""Where fictional numbers live: real area codes, and the exchanges set aside for stories."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Area:
    """A place with its area code (without trunk prefix) and what carriers say about it."""

    code: str
    country: str
    region: str
    locality: str
    rate_center: str
    postal_code: str


def _areas(country: str, lines: str) -> tuple[Area, ...]:
    rows = (line.split("|") for line in lines.strip().splitlines())
    return tuple(
        Area(code, country, region, locality, center, postal)
        for code, region, locality, center, postal in rows
    )


UNITED_STATES = _areas(
    "US",
    """
201|NJ|Jersey City|JERSEYCITY|07302
202|DC|Washington|WSHNGTNZN1|20001
203|CT|New Haven|NEW HAVEN|06510
205|AL|Birmingham|BIRMINGHAM|35203
206|WA|Seattle|SEATTLE|98101
208|ID|Boise|BOISE|83702
210|TX|San Antonio|SANANTONIO|78205
212|NY|New York|NWYRCYZN01|10001
213|CA|Los Angeles|LSAN DA 01|90012
214|TX|Dallas|DALLAS|75201
215|PA|Philadelphia|PHLADLZN01|19102
216|OH|Cleveland|CLEVELAND|44113
301|MD|Rockville|ROCKVILLE|20850
302|DE|Wilmington|WILMINGTON|19801
303|CO|Denver|DENVER|80202
305|FL|Miami|MIAMI|33130
307|WY|Cheyenne|CHEYENNE|82001
312|IL|Chicago|CHICAGOZ01|60601
313|MI|Detroit|DETROITZN1|48226
314|MO|Saint Louis|SAINTLOUIS|63101
317|IN|Indianapolis|INDIANAPLS|46204
319|IA|Cedar Rapids|CEDRRAPIDS|52401
385|UT|Salt Lake City|SALT LAKE|84101
402|NE|Omaha|OMAHA|68102
404|GA|Atlanta|ATLANTA|30303
405|OK|Oklahoma City|OKLA CITY|73102
406|MT|Billings|BILLINGS|59101
408|CA|San Jose|SNJS WEST|95113
410|MD|Baltimore|BALTIMORE|21202
412|PA|Pittsburgh|PITTSBURGH|15222
414|WI|Milwaukee|MILWAUKEE|53202
415|CA|San Francisco|SNFC CNTRL|94105
501|AR|Little Rock|LITTLEROCK|72201
502|KY|Louisville|LOUISVILLE|40202
503|OR|Portland|PORTLAND|97204
504|LA|New Orleans|NEWORLEANS|70112
505|NM|Albuquerque|ALBUQUERQU|87102
512|TX|Austin|AUSTIN|78701
513|OH|Cincinnati|CINCINNATI|45202
601|MS|Jackson|JACKSON|39201
602|AZ|Phoenix|PHOENIX|85003
603|NH|Manchester|MANCHESTER|03101
612|MN|Minneapolis|TWINCITIES|55401
615|TN|Nashville|NASHVILLE|37203
617|MA|Boston|BOSTON|02108
619|CA|San Diego|SNDG SNDG|92101
701|ND|Fargo|FARGO|58102
702|NV|Las Vegas|LAS VEGAS|89101
704|NC|Charlotte|CHARLOTTE|28202
713|TX|Houston|HOUSTON|77002
718|NY|Brooklyn|NWYRCYZN03|11201
801|UT|Provo|PROVO|84601
802|VT|Burlington|BURLINGTON|05401
803|SC|Columbia|COLUMBIA|29201
804|VA|Richmond|RICHMOND|23219
808|HI|Honolulu|HONOLULU|96813
813|FL|Tampa|TAMPACEN|33602
816|MO|Kansas City|KANSASCITY|64106
901|TN|Memphis|MEMPHIS|38103
907|AK|Anchorage|ANCHORAGE|99501
916|CA|Sacramento|SCRM MAIN|95814
""",
)

CANADA = _areas(
    "CA",
    """
204|MB|Winnipeg|WINNIPEG|R3C
306|SK|Regina|REGINA|S4P
403|AB|Calgary|CALGARY|T2P
416|ON|Toronto|TORONTO|M5H
418|QC|Quebec City|QUEBEC|G1R
506|NB|Fredericton|FREDERICTN|E3B
514|QC|Montreal|MONTREAL|H3B
604|BC|Vancouver|VANCOUVER|V6B
613|ON|Ottawa|OTTAWAHULL|K1P
709|NL|St. John's|ST. JOHN'S|A1C
780|AB|Edmonton|EDMONTON|T5J
902|NS|Halifax|HALIFAX|B3J
""",
)

TOLL_FREE = (Area("800", "US", "", "", "", ""),)
"""Codes of numbers whose calls the called one pays."""


@dataclass(frozen=True)
class DramaRange:
    """A thousand numbers that Ofcom keeps for television and radio; `prefix` lacks three digits."""

    prefix: str
    code: str
    kind: str
    locality: str


GREAT_BRITAIN = (
    DramaRange("2079460", "20", "local", "London"),
    DramaRange("1134960", "113", "local", "Leeds"),
    DramaRange("1144960", "114", "local", "Sheffield"),
    DramaRange("1154960", "115", "local", "Nottingham"),
    DramaRange("1164960", "116", "local", "Leicester"),
    DramaRange("1174960", "117", "local", "Bristol"),
    DramaRange("1184960", "118", "local", "Reading"),
    DramaRange("1214960", "121", "local", "Birmingham"),
    DramaRange("1314960", "131", "local", "Edinburgh"),
    DramaRange("1414960", "141", "local", "Glasgow"),
    DramaRange("1514960", "151", "local", "Liverpool"),
    DramaRange("1614960", "161", "local", "Manchester"),
    DramaRange("1914980", "191", "local", "Newcastle upon Tyne"),
    DramaRange("2896496", "28", "local", "Belfast"),
    DramaRange("2920180", "29", "local", "Cardiff"),
    DramaRange("7700900", "7700", "mobile", ""),
    DramaRange("8081570", "808", "toll_free", ""),
    DramaRange("3069990", "306", "national", ""),
)
"""Ofcom, "Telephone numbers for use in TV and radio drama programmes"."""
