// SPDX-License-Identifier: Apache-2.0
// Instants are whole microseconds since 1970 in UTC, days are whole days since 1970; both are plain
// numbers, exact until the year 2255. Nothing here asks the machine for its clock or zone.

export const SECOND = 1e6;
export const DAY_S = 86400;
const DAY = DAY_S * SECOND;

const INSTANT = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{6})?Z$/;

function two(number) {
    return String(number).padStart(2, '0');
}

/** Text of a day, YYYY-MM-DD. */
export function printDay(day) {
    const date = new Date(day * DAY_S * 1000);
    return `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}

/** Day of a text; undefined when it is none. */
export function parseDay(text) {
    if (!/^(19[7-9]\d|2[01]\d\d)-\d\d-\d\d$/.test(text)) return undefined;
    const [year, month, date] = text.split('-').map(Number);
    const day = Date.UTC(year, month - 1, date) / (DAY_S * 1000);
    return printDay(day) === text ? day : undefined;
}

/** Canonical text of an instant: the fraction only when it is not zero. */
export function printInstant(instant) {
    const second = Math.floor(instant / SECOND);
    const fraction = instant - second * SECOND;
    const text = new Date(second * 1000).toISOString().slice(0, 19);
    return fraction === 0 ? `${text}Z` : `${text}.${String(fraction).padStart(6, '0')}Z`;
}

/** Instant of a canonical text; undefined for anything else. */
export function parseInstant(text) {
    const found = INSTANT.exec(text);
    const day = found ? parseDay(text.slice(0, 10)) : undefined;
    if (day === undefined) return undefined;
    const [hour, minute, second] = found.slice(4, 7).map(Number);
    if (hour > 23 || minute > 59 || second > 59) return undefined;
    const whole = (day * DAY_S + hour * 3600 + minute * 60 + second) * SECOND;
    const instant = whole + (found[7] ? Number(found[7].slice(1)) : 0);
    return printInstant(instant) === text ? instant : undefined;
}

/** Whole unix seconds of an instant. */
export function secondsOf(instant) {
    return BigInt(Math.floor(instant / SECOND));
}

export function isWeekend(day) {
    const weekday = (day + 4) % 7; // 1970-01-01 was a Thursday; 0 is Sunday
    return weekday === 0 || weekday === 6;
}

/** Local time from the transitions that the evidence carries. */
export class Calendar {
    constructor({ first_offset_s: first, transitions, holidays }) {
        this.segments = [{ from: -Infinity, offset: Number(first) * SECOND }];
        transitions.forEach(({ at, offset_s: offset }) => {
            this.segments.push({ from: parseInstant(at), offset: Number(offset) * SECOND });
        });
        this.holidays = new Set(holidays.map(parseDay));
    }

    localOf(instant) {
        const segment = this.segments.findLast(({ from }) => from <= instant);
        return instant + segment.offset;
    }

    /* What a calendar on the wall shows. */
    dateOf(instant) {
        return Math.floor(this.localOf(instant) / DAY);
    }

    /** Local day. A clock that goes back over midnight shows yesterday again, but the new day has begun. */
    dayOf(instant) {
        const date = this.dateOf(instant);
        return this.startOf(date + 1) <= instant ? date + 1 : date;
    }

    /** Seconds on the wall clock since midnight. */
    wallOf(instant) {
        return (this.localOf(instant) - this.dateOf(instant) * DAY) / SECOND;
    }

    /** First instant of a local day. */
    startOf(day) {
        const starts = this.segments.flatMap(({ from, offset }) => [from, day * DAY - offset]);
        return Math.min(...starts.filter((instant) => instant > -Infinity && this.dateOf(instant) === day));
    }

    hasClockChange(day) {
        return this.startOf(day + 1) - this.startOf(day) !== DAY;
    }

    /** Number of whole intervals since the start of the local day, in real time. */
    slotOf(instant, intervalS) {
        return Math.floor((instant - this.startOf(this.dayOf(instant))) / (intervalS * SECOND));
    }
}
