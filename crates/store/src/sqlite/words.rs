//! Taking words out of `index_word` that nothing has any more.

use std::path::Path;

use rusqlite::{Connection, params};

use crate::engine::EngineError;
use crate::sql::words::WordRow;

use super::{DATABASE_FILE, engine_error, take};

/// Keeps these words and no others; how many went.
pub(crate) fn keep(directory: &Path, words: &[WordRow]) -> Result<u64, EngineError> {
    let _alone = take(directory)?;
    let mut connection = Connection::open(directory.join(DATABASE_FILE)).map_err(engine_error)?;
    let mut run = || {
        let transaction = connection.transaction()?;
        transaction.execute_batch(
            "CREATE TEMP TABLE kept(param INTEGER, text TEXT, value BLOB, PRIMARY KEY (param, text, value))",
        )?;
        for WordRow { param, text, value } in words {
            let mut insert =
                transaction.prepare_cached("INSERT INTO kept VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?;
            insert.execute(params![param, text, value])?;
        }
        const OTHERS: &str = "DELETE FROM index_word AS w WHERE NOT EXISTS \
             (SELECT 1 FROM kept k WHERE k.param = w.param AND k.text = w.text AND k.value = w.value)";
        let gone = transaction.execute(OTHERS, [])?;
        transaction.commit()?;
        Ok(u64::try_from(gone).unwrap_or(u64::MAX))
    };
    run().map_err(engine_error)
}
