"""Both clients against the server as TDengine Cloud: a token in the URL, no password."""
import os

import taosrest
import taosws
from checks import ADDRESS, URL, check, equal, run
from power import CREATE, INSERT

TOKEN = os.environ["TAOSTS_TOKEN"]


@check("taosrest by URL and token: connection and cursor")
def rest():
    conn = taosrest.connect(url=URL, token=TOKEN)
    conn.execute(CREATE)
    equal(conn.execute(INSERT), 8)
    cur = conn.cursor()
    cur.execute("select count(*) from power.meters")
    equal(cur.fetchall(), [[8]])


@check("RestClient by URL and token")
def rest_client():
    client = taosrest.RestClient(URL, token=TOKEN)
    equal(client.sql("select 1")["data"], [[1]])


@check("taosws with ?token=")
def ws():
    conn = taosws.connect(f"taosws://{ADDRESS}?token={TOKEN}")
    equal([row[0] for row in conn.query("select count(*) from power.meters")], [8])


@check("a wrong token is refused by both")
def wrong():
    for refused in (
        lambda: taosrest.connect(url=URL, token="wrong").query("select 1"),
        lambda: taosws.connect(f"taosws://{ADDRESS}?token=wrong").query("select 1"),
    ):
        try:
            refused()
        except Exception as error:
            assert "401" in str(error) or "nauthorized" in str(error) or "Authentication" in str(error), str(error)
        else:
            raise AssertionError("accepted")


run()
