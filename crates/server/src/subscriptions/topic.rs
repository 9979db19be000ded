//! The topics there are: each resource type, and each kind of change to it.

use varde_fhir::ResourceType;
use varde_store::Happening;

/// What can be subscribed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Topic {
    pub(super) resource_type: ResourceType,
    /// Only this; `None` for every change.
    only: Option<Happening>,
}

impl Topic {
    /// Reads a canonical URL: `{base}/SubscriptionTopic/Observation`, or `..-create`, `..-update`, `..-delete`.
    pub(super) fn read(url: &str, base_url: &str) -> Option<Self> {
        let url = url.split('|').next().unwrap_or_default();
        let name = url.strip_prefix(base_url)?.strip_prefix("/SubscriptionTopic/")?;
        let (name, only) = match name.split_once('-') {
            None => (name, None),
            Some((name, "create")) => (name, Some(Happening::Created)),
            Some((name, "update")) => (name, Some(Happening::Updated)),
            Some((name, "delete")) => (name, Some(Happening::Deleted)),
            Some(_) => return None,
        };
        Some(Self { resource_type: ResourceType::from_name(name)?, only })
    }

    pub(super) fn is_about(self, happening: Happening) -> bool {
        self.only.is_none_or(|only| only == happening)
    }
}

/// The canonical URLs of the topics of all types; each also has the three narrower ones.
pub(crate) fn all(base_url: &str) -> impl Iterator<Item = String> {
    ResourceType::all().map(move |kind| format!("{base_url}/SubscriptionTopic/{kind}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_a_type_and_what_happens_to_it() {
        let base = "https://x/fhir";
        let read = |name: &str| Topic::read(&format!("{base}/SubscriptionTopic/{name}"), base);
        assert!(all(base).all(|url| Topic::read(&url, base).is_some()));
        let whole = read("Observation|1").unwrap();
        assert!(whole.is_about(Happening::Created) && whole.is_about(Happening::Deleted));
        let created = read("Observation-create").unwrap();
        assert!(created.is_about(Happening::Created) && !created.is_about(Happening::Updated));
        for bad in ["", "Shoe", "Observation-shoe", "Observation/x"] {
            assert_eq!(read(bad), None, "{bad}");
        }
        assert_eq!(Topic::read("https://y/fhir/SubscriptionTopic/Observation", base), None);
    }
}
