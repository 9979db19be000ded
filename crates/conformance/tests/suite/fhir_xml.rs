//! FHIR's XML as FHIR's JSON, by the definitions of R4.

use varde_fhir::TypeRef;
use varde_fhir::json::write_string;

use crate::xml::Xml;

/// The JSON of a resource.
pub(crate) fn to_json(resource: &Xml) -> String {
    let type_ref = TypeRef::named(&resource.name).expect("a resource type");
    object(resource, Some(type_ref), true)
}

fn quoted(text: &str) -> String {
    let mut out = String::new();
    write_string(&mut out, text);
    out
}

fn object(xml: &Xml, type_ref: Option<TypeRef>, is_resource: bool) -> String {
    let mut members = Vec::new();
    if is_resource {
        members.push(format!("\"resourceType\":{}", quoted(&xml.name)));
    }
    for attribute in ["id", "url"] {
        if let Some(value) = xml.attribute(attribute) {
            members.push(format!("\"{attribute}\":{}", quoted(value)));
        }
    }
    let mut done: Vec<&str> = Vec::new();
    for child in &xml.children {
        if done.contains(&child.name.as_str()) {
            continue;
        }
        done.push(&child.name);
        let same: Vec<&Xml> = xml.all(&child.name).collect();
        let element = type_ref.and_then(|t| t.element(&child.name));
        let element = element.unwrap_or_else(|| panic!("{:?} has no {}", type_ref, child.name));
        let (values, siblings): (Vec<_>, Vec<_>) = same.iter().map(|x| value(x, element.type_ref())).unzip();
        for (name, items) in [(child.name.clone(), values), (format!("_{}", child.name), siblings)] {
            if items.iter().all(Option::is_none) {
                continue;
            }
            let items: Vec<String> = items.into_iter().map(|i| i.unwrap_or_else(|| "null".to_owned())).collect();
            let text = if element.is_list() { format!("[{}]", items.join(",")) } else { items[0].clone() };
            members.push(format!("{}:{text}", quoted(&name)));
        }
    }
    format!("{{{}}}", members.join(","))
}

/// The value, and what a primitive has beside it.
fn value(xml: &Xml, type_ref: Option<TypeRef>) -> (Option<String>, Option<String>) {
    let Some(type_ref) = type_ref else {
        let resource = &xml.children[0];
        return (Some(object(resource, TypeRef::named(&resource.name), true)), None);
    };
    if !type_ref.is_primitive() {
        return (Some(object(xml, Some(type_ref), false)), None);
    }
    if type_ref.name() == "xhtml" {
        return (Some(quoted(&xml.raw)), None);
    }
    let value = xml.attribute("value").map(|v| match type_ref.name() {
        "boolean" | "integer" | "positiveInt" | "unsignedInt" | "decimal" => v.to_owned(),
        _ => quoted(v),
    });
    let has_more = xml.attribute("id").is_some() || !xml.children.is_empty();
    (value, has_more.then(|| object(xml, TypeRef::named("Element"), false)))
}
