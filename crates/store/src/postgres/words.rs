//! Taking words out of `index_word` that nothing has any more.

use crate::engine::EngineError;
use crate::sql::words::WordRow;

use super::pool::{column, execute, rows};
use super::values::param;
use super::{PostgresOptions, connect};

/// Keeps these words and no others; how many went. Nothing is done while others use the database: each remembers which words it has
/// written, and would not write one again that is taken out.
pub(crate) async fn keep(options: &PostgresOptions, words: Vec<WordRow>) -> Result<Option<u64>, EngineError> {
    const OTHERS: &str = "SELECT count(*) FROM pg_stat_activity \
         WHERE datname = current_database() AND application_name = 'varde' AND pid <> pg_backend_pid()";
    const SQL: &str = "DELETE FROM index_word AS w WHERE NOT EXISTS (SELECT 1 \
         FROM unnest($1::integer[], $2::text[], $3::bytea[]) AS k(param, text, value) \
         WHERE k.param = w.param AND k.text = w.text AND k.value = w.value)";
    let (_pool, client) = connect(options, "-c statement_timeout=0").await?;
    // Our own connections may take a moment to be gone.
    for attempt in 0.. {
        let others = rows(&client, OTHERS, &[]).await?;
        let others: i64 = others.first().map_or(Ok(0), |row| column(row, 0))?;
        if others == 0 {
            break;
        }
        if attempt >= 10 {
            return Ok(None);
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let params: Vec<i32> = words.iter().map(|word| param(word.param)).collect();
    let (texts, values): (Vec<String>, Vec<Vec<u8>>) = words.into_iter().map(|word| (word.text, word.value)).unzip();
    execute(&client, SQL, &[&params, &texts, &values]).await.map(Some)
}
