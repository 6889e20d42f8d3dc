//! The Rust client against the server: queries, deserialisation, statements, schemaless, errors, a consumer.

mod consumer;

use std::future::Future;

use serde::Deserialize;
use taos::taos_query::common::{SchemalessPrecision, SchemalessProtocol, SmlDataBuilder};
use taos::*;

fn dsn(database: &str) -> String {
    let url = std::env::var("TAOSTS_URL").expect("TAOSTS_URL");
    let address = url.trim_start_matches("http://").to_string();
    format!("taos+ws://root:taosdata@{address}/{database}")
}

async fn connect(database: &str) -> anyhow::Result<Taos> {
    Ok(TaosBuilder::from_dsn(dsn(database))?.build().await?)
}

fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if (c as u32) < 32 => quoted.push_str(&format!("\\u{:04x}", c as u32)),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

async fn check(failed: &mut bool, name: &str, run: impl Future<Output = anyhow::Result<()>>) {
    let detail = match run.await {
        Ok(()) => String::new(),
        Err(error) => format!("{error:#}"),
    };
    *failed |= !detail.is_empty();
    println!("{{\"check\":{},\"ok\":{},\"detail\":{}}}", quote(name), detail.is_empty(), quote(&detail));
}

fn equal<T: PartialEq + std::fmt::Debug>(given: T, expected: T) -> anyhow::Result<()> {
    anyhow::ensure!(given == expected, "given {given:?}, expected {expected:?}");
    Ok(())
}

#[derive(Debug, Deserialize, PartialEq)]
struct Row {
    b: Option<bool>,
    ti: Option<i8>,
    si: Option<i16>,
    i: Option<i32>,
    bi: Option<i64>,
    bu: Option<u64>,
    f: Option<f32>,
    d: Option<f64>,
    s: Option<String>,
    n: Option<String>,
    t: i32,
    tn: String,
}

async fn every_type() -> anyhow::Result<()> {
    let taos = connect("").await?;
    let written = taos
        .exec_many([
            "create database if not exists judge_rust precision 'ms' keep 36500",
            "create stable if not exists judge_rust.st (ts timestamp, b bool, ti tinyint, si smallint, i int, bi bigint, bu bigint unsigned, \
             f float, d double, s varchar(20), n nchar(20)) tags (t int, tn nchar(10))",
            "insert into judge_rust.a using judge_rust.st tags(1,'标签') values\
             (1700000000000,true,-128,-32768,-2147483648,-9223372036854775807,18446744073709551615,1.5,-2.25,'é','中文😀')\
             (1700000000001,null,null,null,null,null,null,null,null,null,null)",
        ])
        .await?;
    equal(written, 2)?;
    let rows: Vec<Row> = taos
        .query("select b,ti,si,i,bi,bu,f,d,s,n,t,tn from judge_rust.st order by ts")
        .await?
        .deserialize::<Row>()
        .try_collect()
        .await?;
    let tag = (1, "标签".to_string());
    let first = Row {
        b: Some(true),
        ti: Some(-128),
        si: Some(-32768),
        i: Some(i32::MIN),
        bi: Some(-9223372036854775807),
        bu: Some(u64::MAX),
        f: Some(1.5),
        d: Some(-2.25),
        s: Some("é".into()),
        n: Some("中文😀".into()),
        t: tag.0,
        tn: tag.1.clone(),
    };
    let second = Row { b: None, ti: None, si: None, i: None, bi: None, bu: None, f: None, d: None, s: None, n: None, t: tag.0, tn: tag.1 };
    equal(rows, vec![first, second])
}

async fn blocks() -> anyhow::Result<()> {
    let taos = connect("judge_rust").await?;
    taos.exec("create table if not exists big (ts timestamp, v int)").await?;
    for start in (0..20000).step_by(5000) {
        let values: String = (start..start + 5000).map(|i| format!("({},{i})", 1_700_000_000_000i64 + i)).collect();
        taos.exec(format!("insert into big values{values}")).await?;
    }
    let values: Vec<(i32,)> = taos.query("select v from big order by ts").await?.deserialize::<(i32,)>().try_collect().await?;
    equal(values.len(), 20000)?;
    anyhow::ensure!(values.iter().enumerate().all(|(i, (v,))| i as i32 == *v), "rows out of order");
    Ok(())
}

async fn statement() -> anyhow::Result<()> {
    let taos = connect("judge_rust").await?;
    let mut stmt = Stmt::init(&taos).await?;
    stmt.prepare("insert into ? using st tags(?,?) (ts, i, d, s, n) values(?,?,?,?,?)").await?;
    for table in 0..3 {
        stmt.set_tbname(&format!("s{table}")).await?;
        stmt.set_tags(&[Value::Int(100 + table), Value::NChar("标".into())]).await?;
        let columns = vec![
            ColumnView::from_millis_timestamp(vec![1_700_000_100_000, 1_700_000_100_001]),
            ColumnView::from_ints(vec![Some(table), None]),
            ColumnView::from_doubles(vec![Some(0.5), None]),
            ColumnView::from_varchar::<&str, _, _, _>(vec![Some("é"), None]),
            ColumnView::from_nchar::<&str, _, _, _>(vec![Some("中😀"), None]),
        ];
        stmt.bind(&columns).await?.add_batch().await?;
    }
    equal(stmt.execute().await?, 6)?;
    let count: Option<i64> = taos.query_one("select count(*) from st where t >= 100").await?;
    equal(count, Some(6))?;
    let text: Option<String> = taos.query_one("select n from s2 where i = 2").await?;
    equal(text, Some("中😀".into()))
}

async fn schemaless() -> anyhow::Result<()> {
    connect("").await?.exec("create database if not exists judge_rust_sml precision 'ns' keep 36500").await?;
    let taos = connect("judge_rust_sml").await?;
    for (protocol, data) in [
        (SchemalessProtocol::Line, "meas,host=h1 v=1.5,n=L\"中文\" 1700000000000000000"),
        (SchemalessProtocol::Telnet, "sys.mem 1700000000 1.5 host=a"),
        (SchemalessProtocol::Json, r#"{"metric":"cpu.load","timestamp":1700000000,"value":1.5,"tags":{"host":"a"}}"#),
    ] {
        let records = SmlDataBuilder::default()
            .protocol(protocol)
            .precision(SchemalessPrecision::Nanosecond)
            .data(vec![data.to_string()])
            .ttl(1000)
            .req_id(100u64)
            .build()?;
        taos.put(&records).await?;
    }
    let text: Option<String> = taos.query_one("select n from meas").await?;
    equal(text, Some("中文".into()))?;
    let value: Option<f64> = taos.query_one("select _value from cpu_load").await?;
    equal(value, Some(1.5))
}

async fn errors() -> anyhow::Result<()> {
    let taos = connect("").await?;
    let error = taos.query("select * from nope_db.t").await.err().map(|error| error.to_string()).unwrap_or_default();
    anyhow::ensure!(error.contains("0x0388") && error.contains("Database not exist"), "{error}");
    let address = dsn("").replace("root:taosdata", "root:wrong");
    let refused = match TaosBuilder::from_dsn(address)?.build().await {
        Ok(taos) => taos.query("select 1").await.err().map(|error| error.to_string()).unwrap_or_default(),
        Err(error) => error.to_string(),
    };
    anyhow::ensure!(refused.contains("Authentication failure"), "wrong password: {refused}");
    Ok(())
}

#[tokio::main]
async fn main() {
    let mut failed = false;
    check(&mut failed, "query and deserialisation of every type", every_type()).await;
    check(&mut failed, "20 000 rows in blocks", blocks()).await;
    check(&mut failed, "statement (version 1, this crate has no stmt2): three subtables with tags", statement()).await;
    check(&mut failed, "schemaless: line, telnet, JSON", schemaless()).await;
    check(&mut failed, "errors", errors()).await;
    check(&mut failed, "consumer: all rows, commit", consumer::read_and_commit()).await;
    check(&mut failed, "consumer: assignment, position, seek, committed", consumer::seek()).await;
    check(&mut failed, "consumer: unsubscribe, a topic in use, no such topic", consumer::unsubscribe()).await;
    check(&mut failed, "consumer: changes of tables, written back", consumer::meta()).await;
    std::process::exit(i32::from(failed));
}
