/**
 * Run history: one append-only, checksummed journal per run, written while the run goes on and read
 * by everything that tells of past runs. Depends neither on the index nor on the store.
 *
 * <p>Start with {@link dev.reprise.journal.JournalWriter} and {@link
 * dev.reprise.journal.RunHistory}; the form of the file is told in {@link
 * dev.reprise.journal.JournalFormat}.
 */
@NullMarked
package dev.reprise.journal;

import org.jspecify.annotations.NullMarked;
