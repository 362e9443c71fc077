/**
 * Planning: what each unit's key is, what the index knows of it, and why it must run if it must.
 * Units live in flat arrays; a step's units are a range.
 *
 * <p>Start with {@code dev.reprise.plan.UnitTable} and {@code dev.reprise.plan.Planner}.
 */
@NullMarked
package dev.reprise.plan;

import org.jspecify.annotations.NullMarked;
