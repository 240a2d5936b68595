// SPDX-License-Identifier: Apache-2.0
// The baseline of one meter, from docs/EVIDENCE.md section 5 and the definition of sgsc-10in10-v1.
// Sums are whole Wh, the factor is an exact fraction, the one rounding is half to even to mWh.
import { SECOND, isWeekend } from './time.mjs';

/** Rounds numerator / denominator (denominator > 0, numerator >= 0) half to even. */
export function halfEven(numerator, denominator) {
    const floor = numerator / denominator;
    const twice = 2n * (numerator % denominator);
    if (twice === denominator) return floor + (floor % 2n);
    return twice > denominator ? floor + 1n : floor;
}

function sum(values) {
    return values.reduce((total, value) => total + value, 0n);
}

function instantsBetween(from, to, intervalS) {
    const instants = [];
    for (let at = from; at < to; at += intervalS * SECOND) instants.push(at);
    return instants;
}

/* The instants of event and adjustment window with their wall clock and the days they lie off. */
function gridOf({ method, calendar, from, to }) {
    const intervalS = Number(method.interval_s);
    const eventDay = calendar.dayOf(from);
    const point = (instant) => ({
        instant,
        wall: calendar.wallOf(instant),
        shift: calendar.dayOf(instant) - eventDay,
    });
    const adjustFrom = from + Number(method.adjust_from_s) * SECOND;
    const adjustTo = from + Number(method.adjust_to_s) * SECOND;
    return {
        intervalS,
        eventDay,
        event: instantsBetween(from, to, intervalS).map(point),
        window: instantsBetween(adjustFrom, adjustTo, intervalS).map(point),
    };
}

/* Why a day is out before any reading is looked at; undefined when it is not. */
function objection({ calendar, eventDays }, grid, day) {
    if (isWeekend(day)) return 'WEEKEND';
    if (calendar.holidays.has(day)) return 'HOLIDAY';
    const touched = new Set([0, ...grid.event.map(({ shift }) => shift), ...grid.window.map(({ shift }) => shift)]);
    if ([...touched].some((shift) => calendar.hasClockChange(day + shift))) return 'CLOCK_CHANGE';
    return eventDays.has(day) ? 'EVENT' : undefined;
}

/* Readings of the points on a reference day, matched by wall clock. */
function readDay({ reading }, grid, points, day) {
    return points.map(({ wall, shift }) => reading(day + shift, Math.floor(wall / grid.intervalS)));
}

/* Readings of the points on the event day itself, by real time. */
function readEventDay({ calendar, reading }, grid, points) {
    return points.map(({ instant }) => reading(calendar.dayOf(instant), calendar.slotOf(instant, grid.intervalS)));
}

function isComplete(values) {
    return values.every((value) => value !== undefined);
}

function chooseDays(question, grid) {
    const { method } = question;
    const chosen = [];
    const excluded = [];
    for (let back = 1; back <= Number(method.lookback_days) && chosen.length < Number(method.target_days); back += 1) {
        const day = grid.eventDay - back;
        const reason = objection(question, grid, day);
        const event = reason ? [] : readDay(question, grid, grid.event, day);
        const window = reason ? [] : readDay(question, grid, grid.window, day);
        if (!reason && isComplete(event) && isComplete(window)) chosen.push({ day, event, window });
        else excluded.push({ day, reason: reason ?? 'INCOMPLETE' });
    }
    return { chosen, excluded };
}

function factorOf(method, n, sWindow, aWindow, isWindowComplete) {
    if (method.adjustment === 'NONE') return ['NONE', 1n, 1n];
    if (!isWindowComplete) return ['WINDOW_MISSING', 1n, 1n];
    if (sWindow === 0n) return ['NO_REFERENCE', 1n, 1n];
    const ratio = n * aWindow;
    if (ratio * method.cap_low_den < sWindow * method.cap_low_num) {
        return ['CAPPED_LOW', method.cap_low_num, method.cap_low_den];
    }
    if (ratio * method.cap_high_den > sWindow * method.cap_high_num) {
        return ['CAPPED_HIGH', method.cap_high_num, method.cap_high_den];
    }
    return ['APPLIED', ratio, sWindow];
}

/**
 * Baseline of one meter.
 * question: method (as in the evidence), calendar (Calendar), from and to (instants), eventDays (Set of
 * days) and reading(day, slot), which gives Wh as BigInt or undefined. It is asked for exactly the
 * readings that the rules look at.
 */
export function computeBaseline(question) {
    const { method } = question;
    const grid = gridOf(question);
    const { chosen, excluded } = chooseDays(question, grid);
    const n = BigInt(chosen.length);
    const sEvent = grid.event.map((_, t) => sum(chosen.map(({ event }) => event[t])));
    const sWindow = sum(chosen.flatMap(({ window }) => window));
    const windowValues = readEventDay(question, grid, grid.window);
    const aWindow = isComplete(windowValues) ? sum(windowValues) : 0n;
    const hasEnoughDays = n >= method.minimum_days;
    const [adjustment, num, den] = hasEnoughDays
        ? factorOf(method, n, sWindow, aWindow, isComplete(windowValues))
        : ['NONE', 1n, 1n];
    return {
        hasEnoughDays,
        days: chosen.map(({ day }) => day),
        excluded,
        sEvent,
        sWindow,
        aWindow,
        adjustment,
        num,
        den,
        baselineMwh: sEvent.map((s) => (hasEnoughDays ? halfEven(1000n * s * num, n * den) : 0n)),
        actualWh: readEventDay(question, grid, grid.event).map((value) => value ?? -1n),
    };
}
