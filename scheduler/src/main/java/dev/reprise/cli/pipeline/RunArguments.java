package dev.reprise.cli.pipeline;

import dev.reprise.api.Parameters;
import dev.reprise.cache.base.Text;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.KeyValue;
import dev.reprise.cli.base.OptionTable;
import dev.reprise.cli.base.PolicySettings;
import dev.reprise.config.Flags;
import dev.reprise.config.Setting;
import dev.reprise.config.Settings;
import dev.reprise.config.UsageException;
import dev.reprise.run.Audit;
import dev.reprise.run.CacheMode;
import dev.reprise.run.RunOptions;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The options that say how a pipeline is run. */
final class RunArguments {
  private static final String TIME = "TIME";
  private static final String NAME_VALUE = "NAME=VALUE";
  private static final String POLICY = "KEY=VALUE";

  private final Flags flags;
  private final Set<String> rerun = new LinkedHashSet<>();
  private final Set<String> rerunFrom = new LinkedHashSet<>();
  private final Set<String> only = new LinkedHashSet<>();
  private @Nullable Boolean memo;
  private boolean stale;
  private String idempotencyKey = "";
  private Audit audit = Audit.NONE;
  private @Nullable Backfill backfill;
  private final Set<String> upTo = new LinkedHashSet<>();
  private final Set<String> partitions = new LinkedHashSet<>();
  private final ResumeOptions resume = new ResumeOptions();
  private final Map<String, String> labels = new LinkedHashMap<>();
  private final Map<String, String> policy = new LinkedHashMap<>();

  RunArguments(CommandContext context) {
    this.flags = context.flags();
  }

  void addTo(OptionTable table) {
    table
        .value(
            List.of("--cache"),
            "MODE",
            "what to do with what is kept (default: on)%n"
                + "on: reuse it, keep what is computed%n"
                + "off: neither%n"
                + "read: reuse it, keep nothing%n"
                + "write: reuse nothing, keep what is computed%n"
                + "refresh: compute all, replace what is kept%n"
                + "require: as on, but the cache must be usable: a broken one ends the run instead"
                + " of being worked around",
            CacheMode.words(),
            mode -> flags.set(Setting.CACHE, mode))
        .value(
            "--policy",
            POLICY,
            "what tasks leave open: max-age=7d, ttl=28d, version=2, read-version=1, enabled=false or"
                + " sharing=none; with KEY=STEP=VALUE what counts for one step whatever its task"
                + " says; may be repeated",
            text -> {
              KeyValue given = KeyValue.parse("--policy", POLICY, text);
              String all = policy.merge(given.key(), given.value(), (one, two) -> one + "," + two);
              flags.conf("policy." + given.key(), all);
            })
        .value(
            "--rerun",
            "STEP",
            "run this step even if its results are there; may be repeated",
            step -> add(step, rerun))
        .value(
            "--rerun-from",
            "STEP",
            "likewise, with everything downstream of it",
            step -> add(step, rerunFrom))
        .value(
            "--only",
            "STEP",
            "run this step alone; what it needs must be in the cache",
            step -> add(step, only))
        .value(
            "--up-to",
            "STEP",
            "end after this step: run it and what it needs; may be repeated",
            step -> add(step, upTo))
        .value(
            "--partitions",
            "NAME=FROM..TO",
            "read these partitions of sources alone, such as month=2001-01..2001-03, part=1..12 or"
                + " region=north,south, and run what works on them one by one; what takes all"
                + " partitions is left to a run without this; may be repeated",
            this::partitions);
    resume.addTo(table);
    table
        .value(
            List.of("--memo"),
            "on|off",
            "on: equal calls of a task are one execution in this run, unless the task says"
                + " otherwise; off: of no task (default: what pipeline and tasks say)",
            List.of("on", "off"),
            this::memo)
        .value(
            "--idempotency-key",
            "KEY",
            "run this once: if a run was submitted with this key before, that one is waited for and"
                + " told of instead",
            this::idempotencyKey)
        .value(
            "--backfill",
            "NAME=FROM..TO",
            "a run for each value of a parameter, one after the other, such as"
                + " month=2001-01..2001-06; reuses what is there for each",
            this::backfill)
        .value(
            "--audit",
            "SHARE",
            "when all is done, run this share of what was reused once more, such as 5%%, and compare;"
                + " tells each difference, and keeps nothing of it",
            this::audit)
        .value(
            "--audit-seed",
            "TEXT",
            "choose for --audit what was chosen with this seed before (default: the run's id)",
            text -> audit = audit.withSeed(text))
        .flag(
            List.of("--check-determinism"),
            "when all is done, run once more what had to run, and compare likewise",
            () -> audit = audit.withTwice(true))
        .flag(
            List.of("--fail-on-difference"),
            "with these two: a difference ends the run with exit code 6",
            () -> audit = audit.withFailing(true))
        .flag(
            List.of("--keep-going"),
            "go on with what does not depend on a failed unit",
            () -> flags.set(Setting.KEEP_GOING, "true"))
        .value(
            "--max-parallel",
            "N",
            "most units at one time (default: what the engine has); in this process 1024 at the most",
            most -> flags.set(Setting.MAX_PARALLEL, most))
        .value(
            "--timeout",
            TIME,
            "end the run after this time, such as 90s, 15m, 2h (exit 9)",
            time -> flags.set(Setting.TIMEOUT, time))
        .value(
            "--lock-timeout",
            TIME,
            "how long to wait while another process holds the index (default: 5m)",
            time -> flags.set(Setting.LOCK_TIMEOUT, time))
        .value(
            "--executor",
            "NAME",
            "what runs steps that name no engine (default: local); ray=local: those of Ray too, here",
            name -> flags.set(Setting.EXECUTOR, name))
        .value(
            "--master",
            "URL",
            "Spark cluster, such as spark://host:7077 (default: Spark in this process)",
            master -> flags.set(Setting.SPARK_MASTER, master))
        .value(
            "--ray-address",
            "HOST:PORT",
            "head of the Ray cluster (default: RAY_ADDRESS, or the one started here)",
            address -> flags.set(Setting.RAY_ADDRESS, address))
        .value(
            "--label",
            NAME_VALUE,
            "a label of the run, for people; may be repeated",
            text -> labels.putAll(KeyValue.parse("--label", NAME_VALUE, text).asMap()));
  }

  /** Adds the option of what is stale. */
  void addStaleTo(OptionTable table) {
    table.flag(
        List.of("--stale"),
        "run what is stale or missing, and no other; of a plan: tell what that is, and why",
        () -> stale = true);
  }

  private void backfill(String text) {
    if (backfill != null) {
      throw new UsageException(
          "--backfill goes through the values of one parameter, and was given twice; run it once for"
              + " each value of the other, with --param");
    }
    backfill = Backfill.parse(text);
  }

  /** The values for each of which a run is wanted; null if one run is. */
  @Nullable Backfill backfill() {
    if (backfill != null && (resume.resume() != null || !idempotencyKey.isEmpty())) {
      throw new UsageException(
          "--backfill makes several runs, and none of them can be the one of --resume,"
              + " --from-results-of or --idempotency-key; 'runs retry --failed' goes on from those that failed");
    }
    return backfill;
  }

  /**
   * Whether what is stale or missing is asked for.
   *
   * @param options that are given beside it
   */
  boolean stale(RunOptions options) {
    boolean says =
        !rerun.isEmpty()
            || !rerunFrom.isEmpty()
            || options.resume() != null
            || !idempotencyKey.isEmpty()
            || backfill != null;
    if (stale && says) {
      throw new UsageException(
          "--stale says itself what runs; leave out --rerun, --rerun-from, --resume, --from-results-of,"
              + " --idempotency-key and --backfill");
    } else if (stale && !options.cache().reads()) {
      throw new UsageException(
          "--stale compares with what is kept, which --cache=%s does not read; leave that out"
              .formatted(options.cache().word()));
    }
    return stale;
  }

  private void audit(String share) {
    try {
      audit = audit.withShare(Audit.share(share));
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          "--audit cannot be %s: %s".formatted(Text.quote(share), e.getMessage()), e);
    }
  }

  private Audit audit(CacheMode cache) {
    if (audit.share() > 0 && !cache.reads()) {
      throw new UsageException(
          "--audit compares what was reused, and with --cache=%s nothing is; leave that out, or use --check-determinism"
              .formatted(cache.word()));
    } else if (audit.share() == 0 && !audit.seed().isEmpty()) {
      throw new UsageException("--audit-seed chooses for --audit; add that, such as --audit 5%");
    } else if (audit.failing() && !audit.asked()) {
      throw new UsageException(
          "--fail-on-difference needs --audit or --check-determinism: else nothing is compared");
    }
    return audit;
  }

  private void partitions(String text) {
    NamedValues given = NamedValues.parse("--partitions", text);
    given.values().forEach(value -> partitions.add(given.name() + "=" + value));
  }

  private void memo(String text) {
    if (!text.equals("on") && !text.equals("off")) {
      throw new UsageException("--memo cannot be %s, wanted on or off".formatted(Text.quote(text)));
    }
    memo = text.equals("on");
  }

  private void idempotencyKey(String text) {
    if (text.isBlank()) {
      throw new UsageException("--idempotency-key is empty; write what names this run alone");
    }
    idempotencyKey = text;
  }

  private static void add(String steps, Set<String> to) {
    to.addAll(List.of(steps.split(",", -1)));
  }

  /**
   * The options of the run.
   *
   * @param command the command line, for the journal
   */
  RunOptions options(Settings settings, String command) {
    CacheMode cache = settings.choice(Setting.CACHE, CacheMode.class);
    return RunOptions.DEFAULT
        .withCache(cache)
        .withExecutor(settings.text(Setting.EXECUTOR), settings.engineOptions())
        .withRerun(rerun)
        .withRerunFrom(rerunFrom)
        .withOnly(only)
        .withUpTo(upTo)
        .withKeepGoing(settings.truth(Setting.KEEP_GOING))
        .withMaxParallel(settings.number(Setting.MAX_PARALLEL))
        .withTimeout(settings.optionalDuration(Setting.TIMEOUT).orElse(null))
        .withLabels(labels)
        .withCommand(command)
        .withPolicy(PolicySettings.of(settings))
        .withResume(resume.resume())
        .withMemo(memo)
        .withIdempotencyKey(idempotencyKey)
        .withAudit(audit(cache))
        .withPartitions(partitions);
  }

  /** The parameters that were given, over those of the run that is resumed. */
  Parameters parameters(Parameters given, Settings settings) {
    return resume.over(given, settings);
  }
}
