//! The client's consumer: all rows, commit, assignment, seek, unsubscribe, changes of tables.

use std::collections::BTreeSet;

use taos::*;

use crate::{connect, dsn, equal};

const TABLES: i32 = 4;
const ROWS: i32 = 15;

async fn subscribed(group: &str) -> anyhow::Result<Consumer> {
    subscribed_to("judge_rust_topic", group).await
}

async fn subscribed_to(topic: &str, group: &str) -> anyhow::Result<Consumer> {
    let address = format!("{}?group.id={group}&client.id=judge&auto.offset.reset=earliest&enable.auto.commit=false&timeout=500ms", dsn(""));
    let mut consumer = TmqBuilder::from_dsn(address)?.build().await?;
    consumer.subscribe([topic]).await?;
    Ok(consumer)
}

/// Reads until there is nothing for a while: how many rows came, and which pairs of tag and value.
async fn drain(consumer: &Consumer, commit: bool) -> anyhow::Result<(usize, BTreeSet<(i32, i32)>)> {
    let (mut count, mut seen, mut quiet) = (0, BTreeSet::new(), 0);
    while quiet < 2 {
        let Some((offset, message)) = consumer.recv_timeout(Timeout::from_millis(300)).await? else {
            quiet += 1;
            continue;
        };
        quiet = 0;
        if let Some(data) = message.into_data() {
            while let Some(block) = data.fetch_raw_block().await? {
                let rows: Vec<(i32, i32, String)> = block.deserialize().collect::<Result<_, _>>()?;
                for (value, tag, text) in rows {
                    equal(text.as_str(), "é")?;
                    count += 1;
                    seen.insert((tag, value));
                }
            }
        }
        if commit {
            consumer.commit(offset).await?;
        }
    }
    Ok((count, seen))
}

fn expected() -> (usize, BTreeSet<(i32, i32)>) {
    let all: BTreeSet<_> = (0..TABLES).flat_map(|t| (0..ROWS).map(move |v| (t, v))).collect();
    (all.len(), all)
}

pub async fn read_and_commit() -> anyhow::Result<()> {
    let taos = connect("").await?;
    let mut insert = String::from("insert into");
    for t in 0..TABLES {
        insert += &format!(" judge_rust_tmq.c{t} using judge_rust_tmq.st tags({t}) values");
        for v in 0..ROWS {
            insert += &format!("({},{v},'é')", 1_700_000_000_000i64 + i64::from(v));
        }
    }
    taos.exec_many([
        "create database judge_rust_tmq vgroups 4",
        "create stable judge_rust_tmq.st (ts timestamp, v int, s nchar(10)) tags (t int)",
        &insert,
        "create topic judge_rust_topic as select v, t, s from judge_rust_tmq.st",
    ])
    .await?;
    for commit in [true, false] {
        for again in [false, true] {
            let consumer = subscribed(&format!("rust-{commit}")).await?;
            let rows = drain(&consumer, commit).await?;
            consumer.unsubscribe().await;
            equal(rows, if commit && again { (0, BTreeSet::new()) } else { expected() })?;
        }
    }
    Ok(())
}

pub async fn seek() -> anyhow::Result<()> {
    let mut consumer = subscribed("rust-seek").await?;
    equal(consumer.list_topics().await?, vec!["judge_rust_topic".to_string()])?;
    equal(drain(&consumer, false).await?, expected())?;
    let places = consumer.topic_assignment("judge_rust_topic").await;
    equal(places.len(), 4)?;
    for place in &places {
        equal(consumer.position("judge_rust_topic", place.vgroup_id()).await?, place.end())?;
        consumer.offset_seek("judge_rust_topic", place.vgroup_id(), place.begin()).await?;
    }
    equal(drain(&consumer, false).await?, expected())?;
    for place in &places {
        consumer.offset_seek("judge_rust_topic", place.vgroup_id(), place.end()).await?;
        consumer.commit_offset("judge_rust_topic", place.vgroup_id(), place.end()).await?;
        equal(consumer.committed("judge_rust_topic", place.vgroup_id()).await?, place.end())?;
    }
    equal(drain(&consumer, false).await?.0, 0)?;
    consumer.unsubscribe().await;
    Ok(())
}

pub async fn unsubscribe() -> anyhow::Result<()> {
    let taos = connect("").await?;
    let consumer = subscribed("rust-leaves").await?;
    drain(&consumer, false).await?;
    let error = taos.exec("drop topic judge_rust_topic").await.err().map(|error| error.to_string()).unwrap_or_default();
    anyhow::ensure!(error.contains("0x03EB"), "dropping a topic in use: {error}");
    consumer.unsubscribe().await;
    taos.exec("drop topic judge_rust_topic").await?;
    let error = subscribed("rust-gone").await.err().map(|error| error.to_string()).unwrap_or_default();
    anyhow::ensure!(error.contains("0x03E1"), "no such topic: {error}");
    Ok(())
}

/// What happens to the tables of a topic WITH META, and the start of the statement that this client makes of it.
const META_STEPS: [(&str, &str); 13] = [
    ("create stable st (ts timestamp, v int, s varchar(20)) tags (t int, n nchar(10))", "CREATE TABLE IF NOT EXISTS `st`(`ts` TIMESTAMP"),
    ("create table c1 using st tags(1, '一')", "CREATE TABLE IF NOT EXISTS `c1` USING `st` (`t`, `n`) TAGS(1, \"一\")"),
    ("create table c2 using st tags(2, null)", "CREATE TABLE IF NOT EXISTS `c2` USING `st` (`t`) TAGS(2)"),
    ("create table norm (ts timestamp, v double)", "CREATE TABLE IF NOT EXISTS `norm`(`ts` TIMESTAMP"),
    ("alter table norm add column x varchar(5)", "ALTER TABLE `norm` ADD COLUMN `x` BINARY(5)"),
    ("alter table norm rename column v w", "ALTER TABLE `norm` RENAME COLUMN `v` `w`"),
    ("alter table c1 set tag t=7", "ALTER TABLE `c1` SET TAG `t` 7"),
    ("alter table st add tag u int", "ALTER TABLE `st` ADD TAG `u` INT"),
    ("alter table st modify column s varchar(40)", "ALTER TABLE `st` MODIFY COLUMN `s` BINARY(40)"),
    ("alter table st rename tag u w", "ALTER TABLE `st` RENAME TAG `u` `w`"),
    ("insert into auto1 using st (t, n) tags(5, 'auto') values(1700000000000, 5, 'é')", "CREATE TABLE IF NOT EXISTS `auto1` USING `st` (`t`, `n`) TAGS(5, \"auto\")"),
    ("insert into norm values(1700000000000, 1.5, 'x')(1700000000001, 2.5, null)", "2 rows"),
    ("drop table c2", "DROP TABLE IF EXISTS `c2`"),
];

/// Changes of tables as statements, and everything written back into another database as it came.
pub async fn meta() -> anyhow::Result<()> {
    let taos = connect("").await?;
    taos.exec_many([
        "create database judge_rust_meta vgroups 1",
        "create database judge_rust_copy vgroups 1",
        "create topic judge_rust_meta_topic with meta as database judge_rust_meta",
    ])
    .await?;
    let source = connect("judge_rust_meta").await?;
    let copy = connect("judge_rust_copy").await?;
    let consumer = subscribed_to("judge_rust_meta_topic", "rust-meta").await?;
    for (sql, expected) in META_STEPS {
        source.exec(sql).await?;
        let Some((_, message)) = consumer.recv_timeout(Timeout::from_millis(2000)).await? else {
            anyhow::bail!("{sql}: not told");
        };
        let mut told = Vec::new();
        match message {
            MessageSet::Data(data) => {
                copy.write_raw_meta(&data.as_raw_data().await?.into()).await?;
                let mut rows = 0;
                while let Some(block) = data.fetch_raw_block().await? {
                    rows += block.nrows();
                }
                told.push(format!("{rows} rows"));
            }
            MessageSet::Meta(meta) | MessageSet::MetaData(meta, _) => {
                copy.write_raw_meta(&meta.as_raw_meta().await?).await?;
                for change in &meta.as_json_meta().await? {
                    told.push(change.to_string());
                }
            }
        }
        anyhow::ensure!(told.len() == 1 && told[0].starts_with(expected), "{sql}: told {told:?}");
    }
    consumer.unsubscribe().await;
    for query in ["describe st", "describe norm", "select tbname, t, n, w from st order by tbname", "select ts, v, s, tbname from st", "select * from norm", "show tables"] {
        let (mut given, mut expected) = (copy.query(query).await?, source.query(query).await?);
        equal(given.to_records().await?, expected.to_records().await?)?;
    }
    Ok(())
}
