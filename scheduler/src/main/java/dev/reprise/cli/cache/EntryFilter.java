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
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The options that choose entries; all that are given must hold, and none may be given twice: the
 * lists are there to notice. A mixin.
 */
final class EntryFilter {
  @Option(
      names = "--step",
      paramLabel = "STEP",
      description = "made by this step; STEP:LABEL is one partition")
  private List<String> step = new ArrayList<>();

  @Option(names = "--pipeline", paramLabel = "NAME", description = "made by this pipeline")
  private List<String> pipeline = new ArrayList<>();

  @Option(
      names = "--run",
      paramLabel = "RUN",
      description = "made by this run: its id, how that begins or ends, or 'latest'")
  private List<String> run = new ArrayList<>();

  @Option(
      names = "--named",
      paramLabel = "NAME",
      description = "in this named cache; 'cache names' lists them")
  private List<String> named = new ArrayList<>();

  @Option(names = "--key", paramLabel = "PREFIX", description = "whose key begins so")
  private List<String> key = new ArrayList<>();

  @Option(
      names = "--older-than",
      paramLabel = "AGE",
      description = "made longer ago, such as 90m, 12h or 30d")
  private List<String> olderThan = new ArrayList<>();

  private final SortedSet<String> steps = new TreeSet<>();
  private final SortedSet<String> caches = new TreeSet<>();

  /** Whether any option was given. */
  boolean isGiven() {
    return !key.isEmpty() || asksForMoreThanKey();
  }

  /**
   * What the options choose.
   *
   * @param runs that {@code --run} may name in short
   * @throws UsageException if one does not make sense
   */
  Predicate<EntryRow> at(Instant now, RunHistory runs) {
    String step = one("--step", this.step);
    String pipeline = one("--pipeline", this.pipeline);
    String run = one("--run", this.run);
    String named = one("--named", this.named);
    String key = one("--key", this.key);
    String olderThan = one("--older-than", this.olderThan);
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
    return !(step.isEmpty()
        && pipeline.isEmpty()
        && run.isEmpty()
        && named.isEmpty()
        && olderThan.isEmpty());
  }

  /** Whether a key begins as {@code --key} says; true if it says nothing. */
  boolean hasKey(Fingerprint of) {
    return key.stream().allMatch(of.toString()::startsWith);
  }

  /** What a person should know if nothing was chosen: perhaps the step is called differently. */
  String hint() {
    return step.isEmpty() || steps.contains(step.get(0)) ? "" : Text.hint(step.get(0), steps);
  }

  /**
   * Checks, when all entries were shown to what {@link #at} gave, that {@code --named} names a
   * cache.
   *
   * @throws UsageException if no entry is in a cache of that name
   */
  void checkNamed() {
    String named = this.named.isEmpty() ? null : this.named.get(0);
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

  /**
   * What was given, null if nothing. An empty value is a variable that a script forgot to set, and
   * would choose everything.
   */
  private static @Nullable String one(String option, List<String> given) {
    if (given.size() > 1) {
      throw new UsageException(
          "%s is given %d times; give it once, and run the command for each"
              .formatted(option, given.size()));
    }
    String value = given.isEmpty() ? null : given.get(0);
    if (value != null && value.isEmpty()) {
      throw new UsageException(option + " is empty; give it a value, or leave it out");
    }
    return value;
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
