//! The columns of a resource that a decision rests on, and what proves that they are as they were written: the same on every engine.

use std::collections::HashMap;
use std::sync::LazyLock;

use varde_fhir::ResourceType;

/// The columns of a resource that a decision rests on.
pub(crate) struct Columns<'a> {
    pub(crate) rid: i64,
    pub(crate) resource_type: u16,
    pub(crate) id: &'a str,
    pub(crate) patient: Option<&'a str>,
    pub(crate) service: u8,
    pub(crate) item: u8,
    pub(crate) version: u64,
    pub(crate) updated_micros: i64,
    pub(crate) deleted: bool,
}

impl Columns<'_> {
    pub(crate) fn checksum(&self) -> u32 {
        let mut crc = crc32fast::Hasher::new();
        crc.update(&self.rid.to_le_bytes());
        crc.update(&self.resource_type.to_le_bytes());
        crc.update(&[self.service, self.item, u8::from(self.deleted)]);
        crc.update(&self.version.to_le_bytes());
        crc.update(&self.updated_micros.to_le_bytes());
        crc.update(self.id.as_bytes());
        crc.update(b"/");
        crc.update(self.patient.unwrap_or_default().as_bytes());
        crc.finalize()
    }
}

/// Checksum of a body in its place.
pub(crate) fn body_checksum(rid: i64, version: u64, body: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&rid.to_le_bytes());
    crc.update(&version.to_le_bytes());
    crc.update(body);
    crc.finalize()
}

/// The resource type of a stored number.
pub(crate) fn resource_type(code: u16) -> Option<ResourceType> {
    static BY_CODE: LazyLock<HashMap<u16, ResourceType>> =
        LazyLock::new(|| ResourceType::all().map(|resource_type| (resource_type.to_code(), resource_type)).collect());
    BY_CODE.get(&code).copied()
}
