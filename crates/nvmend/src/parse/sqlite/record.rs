//! The columns of one row, and the integers that SQLite writes in as few bytes as will do.

/// One column of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'p> {
    /// NULL.
    Null,
    /// An integer.
    Integer(i64),
    /// A floating point number; its value is of no interest here.
    Real,
    /// Text, as bytes.
    Text(&'p [u8]),
    /// Bytes; cut short when the row was read with a limit.
    Blob(&'p [u8]),
}

/// The columns of a record (2.1). What is cut off is cut short in blobs and texts, and missing otherwise.
pub(super) fn columns(payload: &[u8]) -> Vec<Value<'_>> {
    let mut columns = Vec::with_capacity(4);
    let Some((header_size, mut at)) = varint(payload, 0) else { return columns };
    let Ok(header_size) = usize::try_from(header_size) else { return columns };
    let mut body = header_size;
    // No table or index that is read here has more columns than these of interest.
    while at < header_size.min(payload.len()) && columns.len() < 4 {
        let Some((kind, next)) = varint(payload, at) else { break };
        at = next;
        let size = match kind {
            0 | 8 | 9 => 0,
            1..=4 => kind as usize,
            5 => 6,
            6 | 7 => 8,
            12.. => usize::try_from((kind - 12) / 2).unwrap_or(usize::MAX),
            _ => break,
        };
        let rest = payload.get(body..).unwrap_or_default();
        let bytes = rest.get(..size).unwrap_or(rest);
        let value = match kind {
            0 => Value::Null,
            7 => Value::Real,
            8 => Value::Integer(0),
            9 => Value::Integer(1),
            1..=6 if bytes.len() == size => Value::Integer(integer(bytes)),
            1..=6 => break,
            kind if kind % 2 == 0 => Value::Blob(bytes),
            _ => Value::Text(bytes),
        };
        columns.push(value);
        body = body.saturating_add(size);
    }
    columns
}

/// A big-endian integer of one to eight bytes in two's complement.
fn integer(bytes: &[u8]) -> i64 {
    let sign = if bytes.first().is_some_and(|first| first & 0x80 != 0) { -1 } else { 0 };
    bytes.iter().fold(sign, |value, byte| (value << 8) | i64::from(*byte))
}

/// A variable-length integer (1.6) and where it ends.
pub(super) fn varint(bytes: &[u8], at: usize) -> Option<(i64, usize)> {
    let mut value: u64 = 0;
    for position in 0..9 {
        let end = at.checked_add(position)?;
        let byte = *bytes.get(end)?;
        if position == 8 {
            return Some((((value << 8) | u64::from(byte)) as i64, end + 1));
        }
        value = (value << 7) | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value as i64, end + 1));
        }
    }
    None
}
