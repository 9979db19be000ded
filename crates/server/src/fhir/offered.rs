//! What the API offers, as a table: the CapabilityStatement and the OpenAPI document are both made from it, and a test asks the router
//! whether it is so.

/// A request that is answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Offered {
    /// Method, as in a request line.
    pub(crate) method: &'static str,
    /// Path below the base URL; `{type}` stands for each resource type.
    pub(crate) path: &'static str,
    /// What it is called in a document: unlike all others of its level.
    pub(crate) name: &'static str,
    /// The interactions it is, of R4 valueset-type-restful-interaction or valueset-system-restful-interaction.
    pub(crate) interactions: &'static [&'static str],
    /// One sentence.
    pub(crate) summary: &'static str,
    /// Headers and parameters that are looked at, apart from those that every request may have.
    pub(crate) parameters: &'static [&'static str],
    /// What is sent.
    pub(crate) body: Body,
    /// What comes back when it goes well.
    pub(crate) answer: Answer,
    /// What comes back otherwise, apart from what any request may get, and 404 for any that names an id.
    pub(crate) refusals: &'static [u16],
}

/// What is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Body {
    /// Nothing.
    None,
    /// A resource of the type.
    Resource,
    /// A batch or a transaction.
    Bundle,
    /// A patch.
    Patch,
    /// A search as a form.
    Form,
}

/// What comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The resource, unless the client has it.
    Resource,
    /// What was written, with these statuses.
    Written(&'static [u16]),
    /// Nothing.
    Nothing,
    /// A Bundle of matches.
    Matches,
    /// A Bundle of versions.
    Versions,
    /// A Bundle of responses.
    Responses,
}

impl Offered {
    /// Whether it is offered for each type, and not for the whole.
    pub(crate) fn is_of_type(&self) -> bool {
        self.path.starts_with("/{type}")
    }

    /// Whether search parameters of the type may stand in the address.
    pub(crate) fn takes_search(&self) -> bool {
        self.parameters.contains(&SEARCH)
    }
}

/// Stands for the search parameters of the type.
const SEARCH: &str = "search";

/// The interactions of one level, each once, in the order of the table.
pub(crate) fn interactions(of_type: bool) -> Vec<&'static str> {
    let mut codes = Vec::new();
    for code in
        OFFERED.iter().filter(|offered| offered.is_of_type() == of_type).flat_map(|offered| offered.interactions)
    {
        if !codes.contains(code) {
            codes.push(*code);
        }
    }
    codes
}

const WRITE: &[u16] = &[400, 403, 409, 412, 413, 415];

/// Everything that is routed but the documents about it.
pub(crate) const OFFERED: &[Offered] = &[
    Offered {
        method: "GET",
        path: "/{type}/{id}",
        name: "read",
        interactions: &["read"],
        summary: "The newest version",
        parameters: &["id", "If-None-Match", "If-Modified-Since"],
        body: Body::None,
        answer: Answer::Resource,
        refusals: &[410],
    },
    Offered {
        method: "GET",
        path: "/{type}/{id}/_history/{version}",
        name: "vread",
        interactions: &["vread"],
        summary: "One version",
        parameters: &["id", "version"],
        body: Body::None,
        answer: Answer::Resource,
        refusals: &[410],
    },
    Offered {
        method: "PUT",
        path: "/{type}/{id}",
        name: "update",
        interactions: &["update"],
        summary: "Replaces it, or creates it under this id",
        parameters: &["id", "If-Match", "If-None-Match", "Prefer"],
        body: Body::Resource,
        answer: Answer::Written(&[200, 201]),
        refusals: WRITE,
    },
    Offered {
        method: "PUT",
        path: "/{type}",
        name: "update-conditional",
        interactions: &["update"],
        summary: "Replaces the one that matches, or creates one when none does",
        parameters: &["If-Match", "If-None-Match", "Prefer", SEARCH],
        body: Body::Resource,
        answer: Answer::Written(&[200, 201]),
        refusals: WRITE,
    },
    Offered {
        method: "PATCH",
        path: "/{type}/{id}",
        name: "patch",
        interactions: &["patch"],
        summary: "Changes parts of it: all operations or none",
        parameters: &["id", "If-Match", "Prefer"],
        body: Body::Patch,
        answer: Answer::Written(&[200]),
        refusals: &[400, 403, 409, 410, 412, 413, 415],
    },
    Offered {
        method: "PATCH",
        path: "/{type}",
        name: "patch-conditional",
        interactions: &["patch"],
        summary: "Changes parts of the one that matches",
        parameters: &["If-Match", "Prefer", SEARCH],
        body: Body::Patch,
        answer: Answer::Written(&[200]),
        refusals: &[400, 403, 404, 409, 412, 413, 415],
    },
    Offered {
        method: "DELETE",
        path: "/{type}/{id}",
        name: "delete",
        interactions: &["delete"],
        summary: "Deletes it; the history stays",
        parameters: &["id", "If-Match"],
        body: Body::None,
        answer: Answer::Nothing,
        refusals: &[403, 409, 412],
    },
    Offered {
        method: "DELETE",
        path: "/{type}",
        name: "delete-conditional",
        interactions: &["delete"],
        summary: "Deletes the one that matches",
        parameters: &["If-Match", SEARCH],
        body: Body::None,
        answer: Answer::Nothing,
        refusals: &[400, 403, 409, 412],
    },
    Offered {
        method: "GET",
        path: "/{type}/{id}/_history",
        name: "history-instance",
        interactions: &["history-instance"],
        summary: "Versions of one resource, newest first",
        parameters: &["id", "_count", "_since", "_at", "cursor"],
        body: Body::None,
        answer: Answer::Versions,
        refusals: &[400],
    },
    Offered {
        method: "GET",
        path: "/{type}/_history",
        name: "history-type",
        interactions: &["history-type"],
        summary: "Versions of all resources of the type, newest first",
        parameters: &["_count", "_since", "_at", "cursor"],
        body: Body::None,
        answer: Answer::Versions,
        refusals: &[400, 403],
    },
    Offered {
        method: "POST",
        path: "/{type}",
        name: "create",
        interactions: &["create"],
        summary: "Creates one, unless one that matches a condition exists",
        parameters: &["If-None-Exist", "Prefer"],
        body: Body::Resource,
        answer: Answer::Written(&[200, 201]),
        refusals: WRITE,
    },
    Offered {
        method: "GET",
        path: "/{type}",
        name: "search-type",
        interactions: &["search-type"],
        summary: "A page of those that match",
        parameters: &[
            "_count",
            "_sort",
            "_include",
            "_revinclude",
            "_total",
            "_summary",
            "_elements",
            "cursor",
            "Prefer",
            SEARCH,
        ],
        body: Body::None,
        answer: Answer::Matches,
        refusals: &[400, 403],
    },
    Offered {
        method: "POST",
        path: "/{type}/_search",
        name: "search-form",
        interactions: &["search-type"],
        summary: "The same, with the parameters in a form",
        parameters: &["Prefer"],
        body: Body::Form,
        answer: Answer::Matches,
        refusals: &[400, 403, 413, 415],
    },
    Offered {
        method: "POST",
        path: "/",
        name: "bundle",
        interactions: &["transaction", "batch"],
        summary: "A transaction, which is done whole or not at all, or a batch, each entry for itself",
        parameters: &["Prefer"],
        body: Body::Bundle,
        answer: Answer::Responses,
        refusals: &[400, 403, 404, 409, 410, 412, 413, 415],
    },
    Offered {
        method: "GET",
        path: "/",
        name: "search-system",
        interactions: &["search-system"],
        summary: "A page of those of several types that match, one type after the other",
        parameters: &[
            "_type",
            "_count",
            "_include",
            "_revinclude",
            "_total",
            "_summary",
            "_elements",
            "cursor",
            "Prefer",
        ],
        body: Body::None,
        answer: Answer::Matches,
        refusals: &[400, 403],
    },
    Offered {
        method: "POST",
        path: "/_search",
        name: "search-system-form",
        interactions: &["search-system"],
        summary: "The same, with the parameters in a form",
        parameters: &["Prefer"],
        body: Body::Form,
        answer: Answer::Matches,
        refusals: &[400, 403, 413, 415],
    },
    Offered {
        method: "GET",
        path: "/_history",
        name: "history-system",
        interactions: &["history-system"],
        summary: "Versions of everything, newest first",
        parameters: &["_count", "_since", "_at", "cursor"],
        body: Body::None,
        answer: Answer::Versions,
        refusals: &[400, 403],
    },
    Offered {
        method: "GET",
        path: "/",
        name: "search-system",
        interactions: &["search-system"],
        summary: "A page of those of several types that match",
        parameters: &["_type", "_id", "_lastUpdated", "_count", "_total", "_summary", "_elements", "cursor", "Prefer"],
        body: Body::None,
        answer: Answer::Matches,
        refusals: &[400, 403],
    },
    Offered {
        method: "POST",
        path: "/_search",
        name: "search-system-form",
        interactions: &["search-system"],
        summary: "The same, with the parameters in a form",
        parameters: &["Prefer"],
        body: Body::Form,
        answer: Answer::Matches,
        refusals: &[400, 403, 413, 415],
    },
];
