package dev.reprise.cli.pipeline;

import dev.reprise.cli.base.CommandContext;
import dev.reprise.config.Flags;
import dev.reprise.config.Setting;
import dev.reprise.config.Settings;
import dev.reprise.run.CacheMode;
import dev.reprise.run.RunOptions;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options that say how a pipeline is run: a mixin. */
final class RunArguments {
  private final Flags flags;

  @Option(
      names = "--rerun",
      paramLabel = "STEP",
      split = ",",
      description = "run this step even if its results are there; may be repeated")
  private List<String> rerun = List.of();

  @Option(
      names = "--rerun-from",
      paramLabel = "STEP",
      split = ",",
      description = "likewise, with everything downstream of it")
  private List<String> rerunFrom = List.of();

  @Option(
      names = "--only",
      paramLabel = "STEP",
      split = ",",
      description = "run this step alone; what it needs must be in the cache")
  private List<String> only = List.of();

  @Option(
      names = "--label",
      paramLabel = "NAME=VALUE",
      description = "a label of the run, for people; may be repeated")
  private Map<String, String> labels = new LinkedHashMap<>();

  RunArguments(CommandContext context) {
    this.flags = context.flags();
  }

  @Option(
      names = "--cache",
      paramLabel = "MODE",
      completionCandidates = CacheWords.class,
      description = "on (default), off, read, write, refresh or require")
  void cache(String mode) {
    flags.set(Setting.CACHE, mode);
  }

  @Option(
      names = "--executor",
      paramLabel = "NAME",
      description = "what runs steps that name no engine (default: local)")
  void executor(String name) {
    flags.set(Setting.EXECUTOR, name);
  }

  @Option(names = "--keep-going", description = "go on with what does not depend on a failed unit")
  void keepGoing(boolean given) {
    flags.set(Setting.KEEP_GOING, String.valueOf(given));
  }

  @Option(
      names = "--max-parallel",
      paramLabel = "N",
      description = "most units at one time (default: what the engine has)")
  void maxParallel(String most) {
    flags.set(Setting.MAX_PARALLEL, most);
  }

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "end the run after this time, such as 90s, 15m, 2h (exit 9)")
  void timeout(String time) {
    flags.set(Setting.TIMEOUT, time);
  }

  @Option(
      names = "--lock-timeout",
      paramLabel = "TIME",
      description = "how long to wait while another process holds the index (default: 5m)")
  void lockTimeout(String time) {
    flags.set(Setting.LOCK_TIMEOUT, time);
  }

  /**
   * The options of the run.
   *
   * @param command the command line, for the journal
   */
  RunOptions options(Settings settings, String command) {
    return new RunOptions(
        settings.choice(Setting.CACHE, CacheMode.class),
        settings.text(Setting.EXECUTOR),
        settings.engineOptions(),
        new LinkedHashSet<>(rerun),
        new LinkedHashSet<>(rerunFrom),
        new LinkedHashSet<>(only),
        settings.truth(Setting.KEEP_GOING),
        settings.number(Setting.MAX_PARALLEL),
        settings.optionalDuration(Setting.TIMEOUT).orElse(null),
        labels,
        command);
  }
}
