//! Values over time as a picture (SVG), for those who see it; title and description say it to those who do not, and the page sets a table
//! beside it. Marks differ in shape as well as in colour (WCAG 2.2, 1.4.1). Nothing inline that the content policy forbids: colours are
//! presentation attributes that name the theme's own.

use jiff::Timestamp;
use maud::{Markup, html};
use varde_base::Language;

use crate::numbers;

/// Heights are in pixels. Widths are in hundredths of the room there is, so that the picture fills it and letters and marks keep their size. The numbers
/// stand to the left of the drawing, where the style sheet keeps room for them.
const HEIGHT: f64 = 250.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 30.0;
/// Air before the first mark and after the last, hundredths.
const AIR: f64 = 1.5;
/// Half the size of a mark.
const MARK: f64 = 4.5;
/// Most marks; of more the last are drawn.
pub const MAX_POINTS: usize = 200;
/// About so many lines across.
const TICKS: f64 = 4.0;

/// How a value stands to the band, which gives the shape of its mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// In the band: a circle.
    Within,
    /// Over it: a triangle that points up.
    Above,
    /// Under it: a triangle that points down.
    Below,
    /// Nothing is said: a square.
    Unknown,
}

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// When.
    pub at: Timestamp,
    /// How much.
    pub value: f64,
    /// How it stands to the band.
    pub mark: Mark,
    /// All of it in words, shown when the mark is pointed at.
    pub label: String,
}

/// Values over time.
#[derive(Debug)]
pub struct Chart<'a> {
    /// Unique on the page.
    pub id: &'a str,
    /// What is shown.
    pub title: &'a str,
    /// What one sees, in a sentence or two.
    pub description: &'a str,
    /// The values, the oldest first.
    pub points: &'a [Point],
    /// Lowest and highest of the band behind them.
    pub band: (Option<f64>, Option<f64>),
    /// What the band and each mark mean, for the list below; a mark without words is left out.
    pub legend: &'a [(Option<Mark>, String)],
    /// Days under the first and the last mark, written out.
    pub ends: (&'a str, &'a str),
    /// How numbers are written.
    pub language: Language,
}

/// The picture with what its marks mean. Nothing for no values.
pub fn chart(chart: &Chart<'_>) -> Markup {
    let first = chart.points.len().saturating_sub(MAX_POINTS);
    let points: Vec<&Point> = chart.points.iter().skip(first).filter(|point| point.value.is_finite()).collect();
    let Some(scale) = Scale::of(&points, chart.band) else { return html! {} };
    let (title_id, text_id) = (format!("{}-title", chart.id), format!("{}-text", chart.id));
    html! {
        div.chart {
            svg.chart-plot width="82%" height=(HEIGHT) overflow="visible" role="img" aria-labelledby=(format!("{title_id} {text_id}"))
                font-size="14" fill="currentColor" {
                title id=(title_id) { (chart.title) }
                desc id=(text_id) { (chart.description) }
                (band(&scale, chart.band))
                (grid(&scale, chart))
                g stroke="currentColor" stroke-opacity="0.55" stroke-width="1.5" {
                    @for (from, to) in points.iter().zip(points.iter().skip(1)) { (stroke(&scale, from, to)) }
                }
                @for point in &points {
                    g { title { (point.label) } (mark(point.mark, &hundredths(scale.x(point.at)), scale.y(point.value))) }
                }
            }
            (legend(chart.legend))
        }
    }
}

/// From one value to the next.
fn stroke(scale: &Scale, from: &Point, to: &Point) -> Markup {
    let height = |point: &Point| format!("{:.1}", scale.y(point.value));
    html! {
        line x1=(hundredths(scale.x(from.at))) y1=(height(from)) x2=(hundredths(scale.x(to.at))) y2=(height(to)) {}
    }
}

/// A place across as SVG has it.
fn hundredths(x: f64) -> String {
    format!("{x:.2}%")
}

/// From values to places in the drawing.
struct Scale {
    from: f64,
    until: f64,
    low: f64,
    high: f64,
}

impl Scale {
    fn of(points: &[&Point], band: (Option<f64>, Option<f64>)) -> Option<Self> {
        let (first, last) = (points.first()?, points.last()?);
        let values = points.iter().map(|point| point.value).chain(band.0).chain(band.1).filter(|v| v.is_finite());
        let (low, high) = values.fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)));
        // Air above and below, also when all values are the same.
        let air = if high > low { (high - low) * 0.12 } else { high.abs().max(1.0) * 0.1 };
        // What cannot be below nothing is not drawn as if it could.
        let floor = if low >= 0.0 { (low - air).max(0.0) } else { low - air };
        Some(Self { from: seconds(first.at), until: seconds(last.at), low: floor, high: high + air })
    }

    /// How far across, in hundredths.
    fn x(&self, at: Timestamp) -> f64 {
        let room = 100.0 - 2.0 * AIR;
        let part = if self.until > self.from { (seconds(at) - self.from) / (self.until - self.from) } else { 0.5 };
        AIR + part.clamp(0.0, 1.0) * room
    }

    fn y(&self, value: f64) -> f64 {
        let part = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM)
    }

    /// Round numbers across the picture, and how many decimals they are written with.
    fn ticks(&self) -> (Vec<f64>, usize) {
        let wanted = (self.high - self.low) / TICKS;
        let power = 10_f64.powf(wanted.log10().floor());
        let step =
            [1.0, 2.0, 5.0].map(|of| of * power).into_iter().find(|step| *step >= wanted).unwrap_or(10.0 * power);
        let decimals = (0..6).find(|decimals| step * 10_f64.powi(*decimals) >= 0.999).unwrap_or(6);
        let first = (self.low / step).ceil();
        let ticks = (0_u8..12).map(|n| (first + f64::from(n)) * step).take_while(|tick| *tick <= self.high);
        (ticks.collect(), usize::try_from(decimals).unwrap_or_default())
    }
}

#[expect(clippy::cast_precision_loss, reason = "seconds of any date we know fit")]
fn seconds(at: Timestamp) -> f64 {
    at.as_second() as f64
}

/// What is usual, as a band with a line where it ends.
fn band(scale: &Scale, (low, high): (Option<f64>, Option<f64>)) -> Markup {
    if low.is_none() && high.is_none() {
        return html! {};
    }
    let (top, bottom) = (scale.y(high.unwrap_or(f64::MAX)), scale.y(low.unwrap_or(f64::MIN)));
    let edges = [high.map(|_| top), low.map(|_| bottom)];
    html! {
        rect x="0" y=(format!("{top:.1}")) width="100%" height=(format!("{:.1}", bottom - top))
            fill="var(--ds-color-success-base-default)" fill-opacity="0.18" {}
        @for edge in edges.into_iter().flatten() {
            line x1="0" x2="100%" y1=(format!("{edge:.1}")) y2=(format!("{edge:.1}"))
                stroke="var(--ds-color-success-border-strong)" stroke-width="1" stroke-dasharray="5 4" {}
        }
    }
}

fn grid(scale: &Scale, chart: &Chart<'_>) -> Markup {
    let (ticks, decimals) = scale.ticks();
    let foot = HEIGHT - 9.0;
    html! {
        @for tick in ticks {
            @let y = scale.y(tick);
            line x1="0" x2="100%" y1=(format!("{y:.1}")) y2=(format!("{y:.1}")) stroke="currentColor" stroke-opacity="0.15" {}
            text x="-6" y=(format!("{:.1}", y + 4.5)) text-anchor="end" {
                (numbers::decimal(&format!("{tick:.decimals$}"), chart.language))
            }
        }
        @if chart.points.len() > 1 && chart.ends.0 != chart.ends.1 {
            text x="0" y=(foot) { (chart.ends.0) }
            text x="100%" y=(foot) text-anchor="end" { (chart.ends.1) }
        } @else {
            text x="50%" y=(foot) text-anchor="middle" { (chart.ends.1) }
        }
    }
}

/// The shape of a mark round a place; `x` is a length of SVG. A shape with corners is drawn round nothing and moved there, since corners know no
/// hundredths.
fn mark(mark: Mark, x: &str, y: f64) -> Markup {
    let corners =
        |corners: [(f64, f64); 3]| corners.map(|(dx, dy)| format!("{:.1},{:.1}", dx * MARK, dy * MARK)).join(" ");
    let outside = "var(--ds-color-warning-base-default)";
    let y = format!("{y:.1}");
    html! {
        @match mark {
            Mark::Within => circle cx=(x) cy=(y) r=(MARK) fill="var(--ds-color-success-base-default)" stroke="currentColor" {},
            Mark::Above => svg x=(x) y=(y) overflow="visible" {
                polygon points=(corners([(-1.2, 1.0), (1.2, 1.0), (0.0, -1.4)])) fill=(outside) stroke="currentColor" {}
            },
            Mark::Below => svg x=(x) y=(y) overflow="visible" {
                polygon points=(corners([(-1.2, -1.0), (1.2, -1.0), (0.0, 1.4)])) fill=(outside) stroke="currentColor" {}
            },
            Mark::Unknown => svg x=(x) y=(y) overflow="visible" {
                rect x=(-MARK) y=(-MARK) width=(2.0 * MARK) height=(2.0 * MARK) fill="var(--ds-color-neutral-base-default)" stroke="currentColor" {}
            },
        }
    }
}

fn legend(entries: &[(Option<Mark>, String)]) -> Markup {
    html! {
        @if !entries.is_empty() {
            ul.items {
                @for (shape, words) in entries {
                    li.item { span {
                        svg aria-hidden="true" focusable="false" viewBox="0 0 24 16" width="24" height="16" {
                            @match shape {
                                Some(shape) => (mark(*shape, "12", 8.0)),
                                None => rect width="24" height="16" fill="var(--ds-color-success-base-default)" fill-opacity="0.3" {},
                            }
                        }
                        " " (words)
                    } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(at: &str, value: f64, mark: Mark) -> Point {
        Point { at: at.parse().unwrap(), value, mark, label: format!("{value} <b>") }
    }

    fn drawn(points: &[Point], band: (Option<f64>, Option<f64>)) -> String {
        let legend = [(Some(Mark::Above), "Over".to_owned()), (None, "Vanlig".to_owned())];
        let of = Chart {
            id: "hb",
            title: "Hemoglobin",
            description: "Tre svar.",
            points,
            band,
            legend: &legend,
            ends: ("2024", "2026"),
            language: Language::Nb,
        };
        chart(&of).into_string()
    }

    #[test]
    fn each_kind_of_value_has_a_shape_of_its_own_and_the_picture_has_words() {
        let points = [
            point("2024-01-01T00:00:00Z", 11.0, Mark::Below),
            point("2025-01-01T00:00:00Z", 14.0, Mark::Within),
            point("2026-01-01T00:00:00Z", 17.5, Mark::Above),
        ];
        let html = drawn(&points, (Some(11.7), Some(15.3)));
        assert_eq!(html.matches("<circle").count(), 1, "{html}");
        assert_eq!(html.matches("<polygon").count(), 3, "two marks and one in the legend: {html}");
        assert!(html.contains("role=\"img\" aria-labelledby=\"hb-title hb-text\""), "{html}");
        assert!(
            html.contains("Tre svar.") && html.contains("17.5 &lt;b&gt;") && html.contains(">2024</text>"),
            "{html}"
        );
        assert!(!html.contains("style=") && !html.contains("<script"), "the content policy forbids both: {html}");
    }

    #[test]
    fn later_stands_to_the_right_and_more_stands_higher() {
        let points =
            [point("2024-01-01T00:00:00Z", 1.0, Mark::Within), point("2025-01-01T00:00:00Z", 2.0, Mark::Within)];
        let all: Vec<&Point> = points.iter().collect();
        let scale = Scale::of(&all, (None, None)).unwrap();
        assert!(scale.x(points[0].at) < scale.x(points[1].at) && scale.y(1.0) > scale.y(2.0));
        assert!(scale.y(f64::MAX) >= TOP && scale.y(f64::MIN) <= HEIGHT - BOTTOM);
        let html = drawn(&points, (None, None));
        assert!(html.contains("cx=\"1.50%\"") && html.contains("cx=\"98.50%\""), "as wide as the room: {html}");
        assert!(!html.split("</svg>").next().unwrap().contains("viewBox"), "nothing is scaled: {html}");
    }

    #[test]
    fn strange_values_draw_something_or_nothing_but_never_fail() {
        assert_eq!(drawn(&[], (None, None)), "");
        for value in [0.0, -3.0, 1e-12, 1e12, 5e30] {
            let html = drawn(&[point("2026-01-01T00:00:00Z", value, Mark::Unknown)], (None, None));
            assert!(html.contains("<rect") && !html.contains("NaN") && !html.contains("inf"), "{value}: {html}");
        }
        assert_eq!(drawn(&[point("2026-01-01T00:00:00Z", f64::NAN, Mark::Unknown)], (None, None)), "");
        let many: Vec<Point> = (0..500).map(|_| point("2026-01-01T00:00:00Z", 1.0, Mark::Within)).collect();
        assert_eq!(drawn(&many, (None, Some(5.0))).matches("<circle").count(), MAX_POINTS);
    }

    #[test]
    fn numbers_at_the_side_are_round() {
        for (low, high, expected, decimals) in
            [(0.0, 10.0, vec![0.0, 5.0, 10.0], 0), (11.2, 15.9, vec![12.0, 14.0], 0), (0.31, 0.52, vec![0.4, 0.5], 1)]
        {
            let (ticks, written) = Scale { from: 0.0, until: 1.0, low, high }.ticks();
            assert_eq!(written, decimals);
            assert!(
                ticks.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-9) && ticks.len() == expected.len(),
                "{ticks:?}"
            );
        }
    }
}
