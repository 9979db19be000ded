//! When an item is released and which referral it belongs to, for the few items that have such.

use jiff::Timestamp;
use varde_rights::{Item, ItemLabel, Labels, Service};

/// What of a resource's labels does not fit beside every resource: kept for those few that are released later or belong to a
/// referral.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Conditional {
    /// Number of the resource.
    pub rid: i64,
    /// Label.
    pub service: Service,
    /// Label.
    pub item: ItemLabel,
    /// From when the citizen may see it.
    pub visible_from: Option<Timestamp>,
    /// The referral it belongs to.
    pub referral: Option<Box<str>>,
}

impl Conditional {
    /// What is to be kept of these labels; `None` when they fit beside the resource.
    pub(crate) fn of(rid: i64, labels: &Labels) -> Option<Self> {
        let conditional = labels.item.any(ItemLabel::DELAYED.with(ItemLabel::REFERRED));
        conditional.then(|| Self {
            rid,
            service: labels.service,
            item: labels.item,
            visible_from: labels.visible_from,
            referral: labels.referral.clone(),
        })
    }

    /// Reads a stored one back; `None` when it is not as it was written.
    pub(crate) fn from_columns(columns: ConditionalColumns, patient: i64) -> Option<Self> {
        let genuine = columns.checksum == columns.computed(patient);
        let item = ItemLabel::from_number(columns.item)?;
        // The last moment there is, which stands for never, has a part of a second that counts as out of range.
        let micros = columns.visible_micros.min(Timestamp::MAX.as_second().saturating_mul(1_000_000));
        let visible_from = Timestamp::from_microsecond(micros).ok()?;
        genuine.then_some(Self {
            rid: columns.rid,
            service: Service::from_number(columns.service)?,
            item,
            visible_from: item.any(ItemLabel::DELAYED).then_some(visible_from),
            referral: item.any(ItemLabel::REFERRED).then(|| columns.referral.into()),
        })
    }

    /// As it is stored.
    pub(crate) fn columns(&self, patient: i64) -> ConditionalColumns {
        let columns = ConditionalColumns {
            rid: self.rid,
            service: self.service.number(),
            item: self.item.number(),
            visible_micros: self.visible_from.map_or(0, Timestamp::as_microsecond),
            referral: self.referral.as_deref().unwrap_or_default().to_owned(),
            checksum: 0,
        };
        ConditionalColumns { checksum: columns.computed(patient), ..columns }
    }

    /// The item a decision is about.
    pub(crate) fn item(&self) -> Item<'_> {
        Item { label: self.item, visible_from: self.visible_from, referral: self.referral.as_deref() }
    }
}

/// The columns of a [`Conditional`].
#[derive(Debug)]
pub(crate) struct ConditionalColumns {
    pub(crate) rid: i64,
    pub(crate) service: u8,
    pub(crate) item: u8,
    /// 0 for what is not delayed.
    pub(crate) visible_micros: i64,
    /// Empty for what belongs to no referral.
    pub(crate) referral: String,
    /// Of all the others and of whose it is.
    pub(crate) checksum: u32,
}

impl ConditionalColumns {
    fn computed(&self, patient: i64) -> u32 {
        let mut crc = crc32fast::Hasher::new();
        crc.update(&patient.to_le_bytes());
        crc.update(&self.rid.to_le_bytes());
        crc.update(&[self.service, self.item]);
        crc.update(&self.visible_micros.to_le_bytes());
        crc.update(self.referral.as_bytes());
        crc.finalize()
    }
}
