//! The jobs of this installation: kept in folders, carried on by a few workers, removed after a while.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use tokio::sync::{Notify, watch};
use varde_base::{Actor, Category, Clock, PatientId, ResourceId, SystemActor};
use varde_fhir::{Issue, IssueCode};
use varde_store::{Ephemeral, GateError, Store};

use super::job::{self, Condition, Job, Part, Place};
use super::order::Order;
use super::walk::Walk;
use crate::fhir::access_of;
use crate::fhir::outcome::Failed;

/// Jobs that are not done, of one program and of all.
const MAX_WAITING: usize = 20;
/// Jobs kept, the done ones among them.
const MAX_JOBS: usize = 1_000;
/// How often a step is tried while the database is away.
const ATTEMPTS: u32 = 60;
/// Between such attempts, and between looks at what has grown old.
const PAUSE: Duration = Duration::from_secs(5);

/// Kind of the note that there is a job.
const NOTE: &str = "export";

/// Limits of exports.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ExportLimits {
    /// Jobs carried on at once.
    pub(crate) running: usize,
    /// How long a job may take, and how long its files are kept when it is done.
    pub(crate) keep: SignedDuration,
}

/// All jobs.
pub(crate) struct Exports {
    folder: PathBuf,
    store: Store,
    clock: Arc<dyn Clock>,
    limits: ExportLimits,
    jobs: Mutex<BTreeMap<String, Entry>>,
    work: Notify,
}

struct Entry {
    job: Arc<Job>,
    /// A worker has it.
    taken: bool,
}

impl Exports {
    /// Over the jobs in a folder, which is made if need be. Jobs that were cut off wait to go on.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub(crate) fn open(
        folder: PathBuf,
        store: Store,
        clock: Arc<dyn Clock>,
        limits: ExportLimits,
    ) -> std::io::Result<Self> {
        make_private(&folder)?;
        let mut jobs = BTreeMap::new();
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            let Some(id) = path.file_name().and_then(|name| name.to_str()).map(str::to_owned) else { continue };
            match job::load(&path) {
                Ok(job) => {
                    jobs.insert(id, Entry { job: Arc::new(job), taken: false });
                }
                Err(error) => {
                    // An order that never got so far as to be answered, or damage: it can be ordered again.
                    tracing::warn!(%error, id, "an export cannot be gone on with and is removed");
                    std::fs::remove_dir_all(&path)?;
                }
            }
        }
        Ok(Self { folder, store, clock, limits, jobs: Mutex::new(jobs), work: Notify::new() })
    }

    /// Takes an order; its id.
    pub(super) async fn begin(
        &self,
        actor: &SystemActor,
        order: Order,
        patients: Option<Vec<PatientId>>,
        request: String,
    ) -> Result<String, Failed> {
        {
            let jobs = self.jobs();
            let waiting = jobs.values().filter(|entry| entry.job.condition == Condition::Running).count();
            if waiting >= MAX_WAITING || jobs.len() >= MAX_JOBS {
                let text = "too many exports wait; try again later, or remove what is done";
                return Err(Failed::new(Category::Busy, Issue::error(IssueCode::Throttled, "", text)));
            }
        }
        let id = ResourceId::new_v7().to_string();
        let job = Job {
            owner: actor.into(),
            request,
            created: self.clock.now(),
            order,
            condition: Condition::Running,
            place: Place::default(),
            files: Vec::new(),
        };
        self.note(&id, &job).await?;
        let (folder, made) = (self.folder.join(&id), job.clone());
        on_disk(move || job::create(&folder, &made, patients.as_deref())).await?;
        self.jobs().insert(id.clone(), Entry { job: Arc::new(job), taken: false });
        self.work.notify_one();
        Ok(id)
    }

    /// A job of this program.
    pub(super) fn find(&self, id: &str, actor: &SystemActor) -> Option<Arc<Job>> {
        self.jobs().get(id).map(|entry| Arc::clone(&entry.job)).filter(|job| job.owner.is(actor))
    }

    /// Notes in the database that there is such a job, for other processes that are asked about it.
    async fn note(&self, id: &str, job: &Job) -> Result<(), Failed> {
        let note = Ephemeral {
            kind: NOTE.to_owned(),
            key_hash: Sha256::digest(id).to_vec(),
            owner: job.owner.name().to_owned(),
            value: Vec::new(),
            // To be carried out, and then to be kept.
            expires: self.expiry(self.expiry(job.created)),
        };
        Ok(self.store.ephemeral().put(note).await?)
    }

    /// Whether it is a job of this program that another process has.
    pub(super) async fn is_elsewhere(&self, id: &str, actor: &SystemActor) -> Result<bool, Failed> {
        let note = self.store.ephemeral().get(NOTE, &Sha256::digest(id)).await?;
        Ok(note.is_some_and(|note| *note.owner == *actor.name))
    }

    /// Ends a job and removes its files. A worker that has it finds out at its next step.
    pub(super) async fn remove(&self, id: &str) -> Result<(), Failed> {
        self.jobs().remove(id);
        self.store.ephemeral().delete(NOTE, &Sha256::digest(id)).await?;
        let folder = self.folder.join(id);
        on_disk(move || match std::fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        })
        .await
    }

    /// Where a file of a job lies.
    pub(super) fn path(&self, id: &str, file: &str) -> PathBuf {
        self.folder.join(id).join(file)
    }

    /// When the files of a job that was done at `at` are removed.
    pub(super) fn expiry(&self, at: Timestamp) -> Timestamp {
        at.saturating_add(self.limits.keep).unwrap_or(Timestamp::MAX)
    }

    fn jobs(&self) -> MutexGuard<'_, BTreeMap<String, Entry>> {
        // Entries are replaced whole, so a panic elsewhere leaves the list usable.
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Carries jobs on until told to stop; as many at once as the limits say.
    pub(crate) async fn work(self: Arc<Self>, stopped: watch::Receiver<bool>) {
        let workers = (0..self.limits.running.max(1)).map(|number| {
            let (exports, stopped) = (Arc::clone(&self), stopped.clone());
            async move { exports.worker(number == 0, stopped).await }
        });
        futures_util::future::join_all(workers).await;
    }

    async fn worker(&self, sweeps: bool, mut stopped: watch::Receiver<bool>) {
        while !*stopped.borrow() {
            if sweeps {
                self.sweep().await;
            }
            if let Some((id, job)) = self.take() {
                self.carry_on(&id, job, &stopped).await;
                if let Some(entry) = self.jobs().get_mut(&id) {
                    entry.taken = false;
                }
                continue;
            }
            tokio::select! {
                () = self.work.notified() => {}
                () = tokio::time::sleep(PAUSE) => {}
                // An error means that the sender is gone, which is a reason to stop too.
                _ = stopped.changed() => {}
            }
        }
    }

    /// The oldest job that waits.
    fn take(&self) -> Option<(String, Arc<Job>)> {
        let mut jobs = self.jobs();
        let waits = |entry: &Entry| entry.job.condition == Condition::Running && !entry.taken;
        let (id, entry) = jobs.iter_mut().find(|(_, entry)| waits(entry))?;
        entry.taken = true;
        Some((id.clone(), Arc::clone(&entry.job)))
    }

    /// Carries one job on until it is done, removed, or the program stops.
    async fn carry_on(&self, id: &str, mut job: Arc<Job>, stopped: &watch::Receiver<bool>) {
        let folder = self.folder.join(id);
        let patients = match self.patients(&job, &folder) {
            Ok(patients) => patients,
            Err(error) => return self.fail(id, &job, &error.to_string()).await,
        };
        let mut failures = 0;
        while job.condition == Condition::Running && !*stopped.borrow() {
            if self.jobs().get(id).is_none() {
                return;
            }
            match self.step(&job, &patients, folder.clone()).await {
                Ok(next) => {
                    failures = 0;
                    job = Arc::new(next);
                    if let Some(entry) = self.jobs().get_mut(id) {
                        entry.job = Arc::clone(&job);
                    }
                }
                Err(_) if self.jobs().get(id).is_none() => return,
                Err(error) if failures >= ATTEMPTS => return self.fail(id, &job, &error).await,
                Err(error) => {
                    tracing::warn!(error, id, "a step of an export will be tried again");
                    failures += 1;
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    fn patients(&self, job: &Job, folder: &Path) -> std::io::Result<Vec<PatientId>> {
        if job.order.listed { job::patients(folder) } else { Ok(Vec::new()) }
    }

    /// One step: what was gathered is on disk, and the record says so.
    async fn step(&self, job: &Job, patients: &[PatientId], folder: PathBuf) -> Result<Job, String> {
        let gate = self.store.as_actor(&access_of(Actor::System(job.owner.actor()), "export"));
        let mut walk = Walk::new(&gate, job.clone(), patients);
        walk.step().await.map_err(|error: GateError| error.to_string())?;
        let (mut next, lines) = (walk.job, walk.lines);
        if next.place.part == Part::End {
            next.condition = Condition::Done(self.clock.now());
        }
        let write = move || {
            job::commit(&folder, &next, &lines).inspect_err(|_| {
                // The files may hold more than the record says now; what cannot be cut back shows at the next step.
                drop(job::load(&folder));
            })?;
            Ok::<_, std::io::Error>(next)
        };
        let written = tokio::task::spawn_blocking(write).await.map_err(|error| error.to_string())?;
        written.map_err(|error| error.to_string())
    }

    async fn fail(&self, id: &str, job: &Job, why: &str) {
        tracing::error!(id, why, "an export was given up");
        let failed = Job { condition: Condition::Failed("the export could not be finished".to_owned()), ..job.clone() };
        let (folder, record) = (self.folder.join(id), failed.clone());
        if let Err(failed) = on_disk(move || job::save(&folder, &record)).await {
            tracing::error!(id, status = %failed.status(), "the record of an export could not be written");
        }
        if let Some(entry) = self.jobs().get_mut(id) {
            entry.job = Arc::new(failed);
        }
    }

    /// Removes what is too old.
    async fn sweep(&self) {
        let now = self.clock.now();
        let is_old = |job: &Job| {
            let from = match job.condition {
                Condition::Done(at) => at,
                Condition::Running | Condition::Failed(_) => job.created,
            };
            self.expiry(from) < now
        };
        let old: Vec<String> =
            self.jobs().iter().filter(|(_, entry)| is_old(&entry.job)).map(|(id, _)| id.clone()).collect();
        for id in old {
            if let Err(failed) = self.remove(&id).await {
                tracing::warn!(id, status = %failed.status(), "the files of an export could not be removed");
            }
        }
    }
}

/// Makes a folder that nobody else on the machine can look into.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Does what waits for the disk where it holds up nobody.
async fn on_disk(work: impl FnOnce() -> std::io::Result<()> + Send + 'static) -> Result<(), Failed> {
    let failed = |error: String| {
        tracing::error!(error, "the folder of exports does not serve");
        Failed::from(GateError::Unavailable)
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(failed(error.to_string())),
        Err(error) => Err(failed(error.to_string())),
    }
}
