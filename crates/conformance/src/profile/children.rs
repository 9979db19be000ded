use varde_fhir::{IssueCode, Severity};

use super::element::Element;
use super::item::Item;
use super::place::Place;
use super::slicing::Def;
use super::structure::Structure;
use super::validator::{Context, Run};

impl<'d, 'n> Run<'d, 'n> {
    /// The elements that describe the children of an element: its own, or those of its type.
    pub(super) fn children_of(&self, def: Def<'d>, kind: Option<&str>) -> (&'d [Element], &'d Structure) {
        let element = def.element;
        if !element.children.is_empty() {
            return (&element.children, def.structure);
        }
        if element.content_reference.is_some() {
            return self
                .referenced(def)
                .map_or((&[], def.structure), |found| (&found.element.children, found.structure));
        }
        let first = element.types.first();
        let profile =
            first.filter(|own| kind.is_none() && own.profiles.len() == 1).and_then(|own| own.profiles.first());
        let profiled = profile.and_then(|profile| self.definitions.structure(profile)?.ok());
        let named = kind.or(first.map(|own| &*own.code));
        match profiled.or_else(|| self.definitions.type_structure(named?)) {
            Some(structure) => (&structure.root.children, structure),
            None => (&[], def.structure),
        }
    }

    /// The element whose content an element has: `Questionnaire.item` of `Questionnaire.item.item`.
    pub(super) fn referenced(&self, def: Def<'d>) -> Option<Def<'d>> {
        let path = def.element.content_reference.as_deref()?;
        if let Some(element) = def.structure.referenced(path) {
            return Some(Def { element, structure: def.structure });
        }
        let structure = self.definitions.type_structure(path.split('.').next()?)?;
        Some(Def { element: structure.referenced(path)?, structure })
    }

    /// Checks the children of an item against the elements that describe them: how many there are, and each of them.
    pub(super) fn children(
        &mut self,
        item: &Item<'n>,
        within: (&'d [Element], &'d Structure),
        place: &Place<'_>,
        context: &Context<'n>,
    ) {
        let (elements, structure) = within;
        for element in elements {
            if self.is_full() {
                return;
            }
            // The value of a primitive is no child of it in JSON.
            if item.is_primitive() && &*element.name == "value" {
                continue;
            }
            let items = item.children(element);
            let def = Def { element, structure };
            self.count(items.len(), def, place);
            match element.slicing() {
                Some(slicing) => self.sliced(&items, def, &slicing, place, context),
                None => {
                    for item in &items {
                        self.element(item, def, &place.field(item.name, item.index), context);
                    }
                }
            }
        }
    }

    fn count(&mut self, count: usize, def: Def<'d>, place: &Place<'_>) {
        let element = def.element;
        let too_few = count < element.min as usize;
        let too_many = element.max.is_some_and(|max| count > max as usize);
        if !too_few && !too_many {
            return;
        }
        let here = place.field(element.stem().unwrap_or(&element.name), None);
        let profile = self.of_profile(def.structure);
        if too_few && element.min == 1 {
            self.say(Severity::Error, IssueCode::Required, &here, format!("this element is required{profile}"));
        } else if too_few {
            let text = format!("at least {} are needed, and {count} are there{profile}", element.min);
            self.say(Severity::Error, IssueCode::Required, &here, text);
        } else {
            let text = match element.max {
                Some(0) | None => format!("this element is not allowed{profile}"),
                Some(max) => format!("at most {max} are allowed, and {count} are there{profile}"),
            };
            self.say(Severity::Error, IssueCode::Structure, &here, text);
        }
    }
}
