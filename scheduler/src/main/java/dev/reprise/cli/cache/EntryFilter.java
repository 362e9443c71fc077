package dev.reprise.cli.cache;

import dev.reprise.cache.base.Durations;
import dev.reprise.cache.base.Saturating;
import dev.reprise.cache.base.Text;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.Origin.NamedKey;
import dev.reprise.config.UsageException;
import dev.reprise.journal.RunHistory;
import dev.reprise.journal.RunIds;
import dev.reprise.journal.UnknownRunException;
import dev.reprise.task.NamedCache;
import java.time.Instant;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that choose entries; all that are given must hold. A mixin. */
final class EntryFilter {
  @Option(
      names = "--step",
      paramLabel = "STEP",
      description = "made by this step; STEP:LABEL is one partition")
  private @Nullable String step;

  @Option(names = "--pipeline", paramLabel = "NAME", description = "made by this pipeline")
  private @Nullable String pipeline;

  @Option(
      names = "--run",
      paramLabel = "RUN",
      description = "made by this run: its id, how that begins or ends, or 'latest'")
  private @Nullable String run;

  @Option(
      names = "--named",
      paramLabel = "NAME",
      description = "in this named cache; 'cache names' lists them")
  private @Nullable String named;

  @Option(names = "--key", paramLabel = "PREFIX", description = "whose key begins so")
  private @Nullable String key;

  @Option(
      names = "--older-than",
      paramLabel = "AGE",
      description = "made longer ago, such as 90m, 12h or 30d")
  private @Nullable String olderThan;

  private final SortedSet<String> steps = new TreeSet<>();
  private final SortedSet<String> caches = new TreeSet<>();

  /** Whether any option was given. */
  boolean isGiven() {
    return key != null || asksForMoreThanKey();
  }

  /**
   * What the options choose.
   *
   * @param runs that {@code --run} may name in short
   * @throws UsageException if one does not make sense
   */
  Predicate<EntryRow> at(Instant now, RunHistory runs) {
    refuseEmpty("--step", step);
    refuseEmpty("--pipeline", pipeline);
    refuseEmpty("--run", run);
    refuseEmpty("--named", named);
    refuseBadName(named);
    String made = run == null ? null : idOf(run, runs);
    String prefix = key == null ? "" : checkKey("--key", key);
    long before = olderThan == null ? Long.MAX_VALUE : now.toEpochMilli() - age(olderThan);
    return row -> {
      steps.add(row.origin().step());
      NamedKey in = row.origin().named();
      if (in != null) {
        caches.add(in.cache());
      }
      return (step == null || step.equals(row.origin().step()) || step.equals(row.unit()))
          && (pipeline == null || pipeline.equals(row.origin().pipeline()))
          && (made == null || made.equals(row.origin().run()))
          && (named == null || (in != null && named.equals(in.cache())))
          && row.key().toString().startsWith(prefix)
          && row.createdMillis() < before;
    };
  }

  /** Whether any option was given but {@code --key}. */
  boolean asksForMoreThanKey() {
    return step != null || pipeline != null || run != null || named != null || olderThan != null;
  }

  /** Whether a key begins as {@code --key} says; true if it says nothing. */
  boolean hasKey(Fingerprint of) {
    return key == null || of.toString().startsWith(key);
  }

  /** What a person should know if nothing was chosen: perhaps the step is called differently. */
  String hint() {
    return step == null || steps.contains(step) ? "" : Text.hint(step, steps);
  }

  /**
   * Checks, when all entries were shown to what {@link #at} gave, that {@code --named} names a
   * cache.
   *
   * @throws UsageException if no entry is in a cache of that name
   */
  void checkNamed() {
    if (named != null && !caches.contains(named)) {
      throw new UsageException(
          "--named: no entry is in a cache named %s ('reprise cache names' lists all)%s"
              .formatted(Text.quote(named), Text.hint(named, caches)));
    }
  }

  private static void refuseBadName(@Nullable String named) {
    if (named == null) {
      return;
    }
    try {
      new NamedCache(named);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--named: " + Text.safe(Text.why(e), 200), e);
    }
  }

  /** An empty value is a variable that a script forgot to set, and would choose everything. */
  private static void refuseEmpty(String option, @Nullable String value) {
    if (value != null && value.isEmpty()) {
      throw new UsageException(option + " is empty; give it a value, or leave it out");
    }
  }

  /** Entries outlive journals: of a run without one, the whole id is needed. */
  private static String idOf(String run, RunHistory runs) {
    if (RunIds.isId(run)) {
      return run;
    }
    try {
      return runs.find(run);
    } catch (UnknownRunException e) {
      throw new UsageException(
          "--run: %s; of a run whose journal is gone, write the whole id, as 'cache ls' shows it"
              .formatted(e.getMessage()),
          e);
    }
  }

  /**
   * Checks the beginning of a key.
   *
   * @param of the option or argument
   */
  static String checkKey(String of, String prefix) {
    if (!prefix.matches("[0-9a-f]{1,64}")) {
      throw new UsageException(
          "%s: %s is not how a key begins, wanted hexadecimal digits as 'cache ls' shows them"
              .formatted(of, Text.quote(prefix)));
    }
    return prefix;
  }

  private static long age(String text) {
    try {
      return Saturating.limit(Durations.parse(text)).toMillis();
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          "--older-than cannot be %s, wanted a duration, such as 90m, 12h or 30d"
              .formatted(Text.quote(text)),
          e);
    }
  }
}
