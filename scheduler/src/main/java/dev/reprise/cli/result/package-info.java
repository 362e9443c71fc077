/**
 * Results in the forms that people and other programs read: text, CSV, JSON, Arrow, Parquet.
 *
 * <p>Start with {@link dev.reprise.cli.result.ResultCommand}; {@link
 * dev.reprise.cli.result.TableSink} is what a form of a table implements.
 */
@NullMarked
package dev.reprise.cli.result;

import org.jspecify.annotations.NullMarked;
