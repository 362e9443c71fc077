package dev.reprise.cli.cache;

import dev.reprise.cache.base.Text;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.KeptFailure;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.upkeep.KeptFailures;
import dev.reprise.cli.base.AlignedRows;
import dev.reprise.cli.base.AlignedRows.Column;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.console.Figures;
import dev.reprise.console.JsonText;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/** Failures that are kept, as commands choose and show them. */
final class FailureList {
  private static final int LONGEST_ERROR = 200;

  private FailureList() {}

  /** What the options that choose entries see of a failure. */
  static EntryRow row(KeptFailure failure) {
    return new EntryRow(
        failure.key().digest(),
        failure.origin(),
        failure.failedMillis(),
        failure.untilMillis(),
        0,
        PartitionRef.NOT_A_TABLE,
        0,
        0);
  }

  /** Those that are chosen, the newest first. */
  static List<KeptFailure> find(CacheIndex index, Predicate<EntryRow> chosen)
      throws CommandException {
    try {
      return KeptFailures.find(index, failure -> chosen.test(row(failure))).stream()
          .sorted(Comparator.comparingLong(KeptFailure::failedMillis).reversed())
          .toList();
    } catch (CacheUnavailableException e) {
      throw new CommandException(ExitCode.CACHE_REQUIRED, String.valueOf(e.getMessage()), e);
    }
  }

  /** A number of failures, in words. */
  static String count(long failures) {
    return Figures.count(failures, "kept failure");
  }

  /** Adds the fields of one. */
  static void describe(JsonText json, KeptFailure failure) {
    json.text("key", failure.key().toString())
        .text("pipeline", failure.origin().pipeline())
        .text("step", failure.origin().step())
        .text("label", failure.origin().label())
        .text("run", failure.origin().run())
        .number("attempt", failure.origin().attempt())
        .text("executor", failure.origin().executor())
        .text("failed", Instant.ofEpochMilli(failure.failedMillis()).toString())
        .text("until", Instant.ofEpochMilli(failure.untilMillis()).toString())
        .list("classes", failure.classes())
        .text("message", failure.message());
  }

  /** Prints them in columns. */
  static void print(Appendable to, List<KeptFailure> failures, Instant now) throws IOException {
    AlignedRows rows =
        new AlignedRows(
            to,
            Column.left("KEY"),
            Column.left("STEP"),
            Column.right("AGE"),
            Column.right("LEFT"),
            Column.left("RUN"),
            Column.left("ERROR"));
    for (KeptFailure failure : failures) {
      EntryRow row = row(failure);
      long left = failure.untilMillis() - now.toEpochMilli();
      rows.row(
          row.shortKey(),
          row.unit(),
          Figures.duration(row.ageNanos(now)),
          left <= 0 ? "none" : Figures.duration(left * 1_000_000),
          failure.origin().run(),
          Text.safe(failure.headline(), LONGEST_ERROR));
    }
    rows.end();
  }
}
