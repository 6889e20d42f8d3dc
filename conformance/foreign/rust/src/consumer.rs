//! The client's consumer: all rows, commit, assignment, seek, unsubscribe.

use std::collections::BTreeSet;

use taos::*;

use crate::{connect, dsn, equal};

const TABLES: i32 = 4;
const ROWS: i32 = 15;

async fn subscribed(group: &str) -> anyhow::Result<Consumer> {
    let address = format!("{}?group.id={group}&client.id=judge&auto.offset.reset=earliest&enable.auto.commit=false&timeout=500ms", dsn(""));
    let mut consumer = TmqBuilder::from_dsn(address)?.build().await?;
    consumer.subscribe(["judge_rust_topic"]).await?;
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
