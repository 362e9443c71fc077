package dev.reprise.home;

import dev.reprise.cache.store.Manifest;
import dev.reprise.journal.RunHistory;
import dev.reprise.plan.Recollections;
import dev.reprise.run.Resume;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What a home gives to a run that goes on from another, for tests of runs without a home. */
public final class EarlierRunsOf {
  private EarlierRunsOf() {}

  /** As {@link EarlierRuns#read}. */
  public static Recollections read(
      RunHistory history, Resume from, Predicate<Manifest> holds, Consumer<String> told) {
    return EarlierRuns.read(history, from, holds, told);
  }
}
