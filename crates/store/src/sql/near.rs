//! Distances on Earth in plain arithmetic, since not every engine has a sine. The latitude of a place is in `t.low`, its longitude in `t.high`.

use super::builder::{Sql, Value};

/// Kilometres to a degree of latitude, on a sphere of the Earth's mean radius.
const KM_TO_A_DEGREE: f64 = 111.195;

/// Within a distance of a place: first a square, then the distance on a plane laid through the middle latitude. Within 1,000 km and below
/// 75 degrees of latitude that is right to a hundredth part.
pub(super) fn condition(latitude: f64, longitude: f64, distance_km: f64) -> Sql {
    let degrees = distance_km / KM_TO_A_DEGREE;
    // The narrowest part of the square: where it is nearest to a pole.
    let narrow = (latitude.abs() + degrees).min(89.9).to_radians().cos();
    let aside = (degrees / narrow).min(360.0);
    let mut sql = Sql::raw("t.low >= ");
    sql.bind(Value::Real(latitude - degrees)).push(" AND t.low <= ").bind(Value::Real(latitude + degrees));
    sql.push(" AND (");
    // Across the line of the date a place is as far the other way round.
    for (index, turn) in [0.0, 360.0, -360.0].into_iter().enumerate() {
        let middle = longitude + turn;
        sql.push(if index > 0 { " OR (t.high >= " } else { "(t.high >= " }).bind(Value::Real(middle - aside));
        sql.push(" AND t.high <= ").bind(Value::Real(middle + aside)).push(" AND ");
        sql.add(within(latitude, middle, degrees)).push(")");
    }
    sql.push(")");
    sql
}

/// The square of the distance in degrees. The cosine of the middle latitude is drawn from the given one by its series to the second power.
fn within(latitude: f64, longitude: f64, degrees: f64) -> Sql {
    let (sine, cosine) = latitude.to_radians().sin_cos();
    let half = 0.5_f64.to_radians();
    let mut narrowing = Sql::raw("(");
    narrowing.bind(Value::Real(cosine)).push(" - ").bind(Value::Real(sine * half)).push(" * (t.low - ");
    narrowing.bind(Value::Real(latitude)).push(") - ").bind(Value::Real(cosine * half * half / 2.0));
    narrowing.push(" * (t.low - ").bind(Value::Real(latitude)).push(") * (t.low - ");
    narrowing.bind(Value::Real(latitude)).push("))");
    let mut aside = Sql::raw("((t.high - ");
    aside.bind(Value::Real(longitude)).push(") * ").add(narrowing).push(")");
    let mut sql = Sql::raw("(t.low - ");
    sql.bind(Value::Real(latitude)).push(") * (t.low - ").bind(Value::Real(latitude)).push(") + ");
    sql.add(aside.clone()).push(" * ").add(aside).push(" <= ").bind(Value::Real(degrees * degrees));
    sql
}
