#!/usr/bin/env python3
"""Makes the tables that the tests of Cron are held to, by implementations that have nothing to do with it: croniter for the
times of day, zoneinfo for the zones. Needs `pip install croniter` and the time zone database; prints JSON.

    python3 make.py > ticks.json
"""
import base64, datetime as dt, json, random, zoneinfo
from croniter import croniter

UTC = dt.timezone.utc
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia",
         "Africa/Casablanca", "Europe/Dublin", "America/Santiago"]
# Around changes of clocks in these zones, and at other times.
MOMENTS = {
    "UTC": ["2026-02-27T11:00", "2027-12-31T22:00"],
    "Europe/Berlin": ["2026-03-28T20:00", "2026-10-24T20:00", "2031-03-29T20:00", "2026-07-01T00:00", "2060-10-30T12:00"],
    "America/New_York": ["2026-03-07T20:00", "2026-10-31T20:00", "2045-03-11T20:00"],
    "Australia/Lord_Howe": ["2026-04-04T00:00", "2026-10-03T00:00"],
    "Asia/Kolkata": ["2026-11-23T01:19"],
    "Pacific/Apia": ["2011-12-29T00:00", "2026-01-01T00:00"],
    "Africa/Casablanca": ["2026-02-14T12:00", "2026-03-21T12:00"],
    "Europe/Dublin": ["2026-03-28T20:00", "2026-10-24T20:00"],
    "America/Santiago": ["2026-04-04T12:00", "2026-09-05T12:00"],
}
EXPRESSIONS = ["30 2 * * *", "0 0 * * *", "15,45 1-3 * * *", "*/20 2 * * *", "0 3 * * *", "30 1 * * mon-fri",
               "0 */2 * * *", "*/20 * * * *", "7 * * * *", "0 12 13 * fri", "0 9 1,15 * *", "59 23 31 * *",
               "0 0 29 2 *", "5 4 * jan,jul sun", "0-10/5 0,12 * 3-11/4 1-5", "0 0 * * 7"]


def local_times(expression, start):
    """Wall clock times that fit, naive, in order."""
    it = croniter(expression, start - dt.timedelta(minutes=1))
    while True:
        yield it.get_next(dt.datetime)


def at(zone, moment):
    return moment.astimezone(zone).replace(tzinfo=None)


def moment_of(zone, wall):
    """The first moment at which the clock shows this time, or the first at which it shows a later one."""
    aware = wall.replace(tzinfo=zone, fold=0)
    moment = aware.astimezone(UTC)
    if at(zone, moment) == wall:
        return moment
    moment = (wall - dt.timedelta(hours=30)).replace(tzinfo=UTC)
    while at(zone, moment) < wall:
        moment += dt.timedelta(minutes=1)
    return moment


def ticks(expression, zone, start, count):
    found = []
    if expression.split()[1] == "*":
        moment = start.replace(second=0) + dt.timedelta(minutes=1)
        while len(found) < count:
            if croniter.match(expression, at(zone, moment)):
                found.append(moment)
            moment += dt.timedelta(minutes=1)
        return found
    for wall in local_times(expression, at(zone, start) - dt.timedelta(days=2)):
        moment = moment_of(zone, wall)
        if moment > start and moment not in found:
            found.append(moment)
        if len(found) == count:
            return found


def main():
    chance = random.Random(7)
    zones, tables = {}, []
    for name in ZONES:
        zone = zoneinfo.ZoneInfo(name)
        with open(f"/usr/share/zoneinfo/{name}", "rb") as file:
            data = base64.b64encode(file.read()).decode()
        moments = [chance.randrange(-2_000_000_000, 4_500_000_000) for _ in range(150)]
        offsets = [[m, int(dt.datetime.fromtimestamp(m, zone).utcoffset().total_seconds())] for m in moments]
        zones[name] = {"tzif": data, "offsets": offsets}
        for text in MOMENTS[name]:
            start = dt.datetime.fromisoformat(text).replace(tzinfo=UTC)
            for expression in EXPRESSIONS:
                times = ticks(expression, zone, start, 6)
                tables.append({"zone": name, "cron": expression, "after": int(start.timestamp()),
                               "ticks": [int(t.timestamp()) for t in times]})
    rows = ",\n".join(json.dumps(table) for table in tables)
    print('{"zones": ' + json.dumps(zones) + ',\n"tables": [\n' + rows + "\n]}")


main()
