package dev.reprise.cli.pipeline;

import dev.reprise.api.Parameters;
import dev.reprise.api.Pipeline;
import dev.reprise.cache.base.Durations;
import dev.reprise.cache.base.HostName;
import dev.reprise.cache.base.Text;
import dev.reprise.cache.index.IndexLockedException;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.cli.base.HelpOption;
import dev.reprise.cli.base.PolicySettings;
import dev.reprise.cli.base.ScopeSettings;
import dev.reprise.cli.base.SettingOptions;
import dev.reprise.config.Setting;
import dev.reprise.config.Settings;
import dev.reprise.config.UsageException;
import dev.reprise.console.Figures;
import dev.reprise.console.Hints;
import dev.reprise.console.Verbosity;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.graph.Node;
import dev.reprise.graph.TaskGraph;
import dev.reprise.home.EarlierRuns;
import dev.reprise.home.HomeOptions;
import dev.reprise.journal.RunBrief;
import dev.reprise.journal.RunHistory;
import dev.reprise.run.CacheMode;
import dev.reprise.run.Resume;
import dev.reprise.run.RunListener.RunHeader;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunPolicy;
import dev.reprise.run.RunState;
import dev.reprise.run.RunTargets;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reprise runs retry}: does the rest of runs that ended, one after the other. */
@Command(
    name = "retry",
    description = {
      "Does the rest of runs that ended, one after the other, as 'run --resume' does: with their"
          + " pipelines, parameters and options where none are given. Each becomes a run of its own"
          + " with a link to the one before. All are checked before the first begins."
    },
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  reprise runs retry latest",
      "  reprise runs retry 7f3a --restart 'train*' --param late-minutes=30",
      "  reprise runs retry --failed --since 1d --pipeline flights --restart clean"
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all of them succeeded",
      "2:bad usage, or no such run, step or parameter; nothing was run",
      "other:that of the first that did not succeed, as of 'run'"
    })
public final class RunsRetryCommand implements Callable<Integer> {
  private final PipelineSource source;
  private final CommandContext context;
  private Verbosity verbosity = Verbosity.NORMAL;

  @picocli.CommandLine.Parameters(
      paramLabel = "RUN",
      arity = "0..*",
      description = "ids of the runs, how they begin or end, or 'latest'")
  private List<String> runs = new ArrayList<>();

  @Option(
      names = "--restart",
      paramLabel = "STEP",
      description =
          "run this step again in each of them although it succeeded there; * stands for any text;"
              + " may be repeated")
  private List<String> restart = new ArrayList<>();

  @Option(
      names = "--failed",
      description =
          "all runs of the project and environment that failed, died or were cancelled and were not"
              + " retried yet")
  private boolean failed;

  @Option(
      names = "--since",
      paramLabel = "AGE",
      description = "with --failed: those that began no longer ago, such as 90m, 12h, 7d")
  private @Nullable String since;

  @Option(
      names = "--pipeline",
      paramLabel = "NAME",
      description = "with --failed: those of this pipeline")
  private @Nullable String pipeline;

  @Option(
      names = {"-p", "--param"},
      paramLabel = "NAME=VALUE",
      description = "another value of a parameter, for all of them; may be repeated")
  private Map<String, String> parameters = new LinkedHashMap<>();

  @Option(
      names = "--jar",
      paramLabel = "JAR",
      description = "take the pipelines from this jar or class folder; may be repeated")
  private List<String> jars = new ArrayList<>();

  @Option(
      names = "--class",
      paramLabel = "CLASS",
      description =
          "with --jar: the class that defines the pipeline, if the jar does not offer its name")
  private @Nullable String definedBy;

  @Mixin final SettingOptions settingOptions;
  @Mixin final HelpOption help = new HelpOption();

  public RunsRetryCommand(PipelineSource source, CommandContext context) {
    this.source = source;
    this.context = context;
    this.settingOptions = new SettingOptions(context.flags());
  }

  @Option(
      names = "--console",
      paramLabel = "FORM",
      description = "auto (default), rich, plain, or json: an object a line")
  void console(String form) {
    context.flags().set(Setting.CONSOLE, form);
  }

  @Option(
      names = {"-q", "--quiet"},
      description = "say the last line of each alone, and what went wrong")
  void quiet(boolean is) {
    verbosity = Verbosity.QUIET;
  }

  /** A run to go on from, with all that the next one needs. */
  private record Retry(Pipeline pipeline, RunOptions options) {}

  @Override
  public Integer call()
      throws IOException, ExecutorUnavailableException, IndexLockedException, InterruptedException {
    Settings settings = context.settings();
    RunHistory history = new RunHistory(settings.runsFolder());
    List<Retry> retries = new ArrayList<>();
    for (String run : wanted(settings, history)) {
      retries.add(prepare(settings, history, run));
    }
    if (retries.isEmpty()) {
      context
          .err()
          .println(
              "no such run of %s failed, or all of them were retried"
                  .formatted(
                      ScopeSettings.of(settings, HomeOptions.at(settings.home())).scope().name()));
      return ExitCode.OK.code();
    }
    int exitCode = 0;
    int succeeded = 0;
    for (Retry retry : retries) {
      int code =
          new PipelineRun(context, settings, source.program())
              .run(retry.pipeline(), retry.options(), verbosity);
      succeeded += code == 0 ? 1 : 0;
      exitCode = exitCode == 0 ? code : exitCode;
      if (code == ExitCode.INTERRUPTED.code()) {
        break;
      }
    }
    if (retries.size() > 1 && !PipelineRun.tellsJson(settings)) {
      context
          .out()
          .println(
              "retried %s: %s succeeded"
                  .formatted(Figures.count(retries.size(), "run"), Figures.count(succeeded)));
    }
    return exitCode;
  }

  /** Ids of the runs that are meant, oldest first if they are found by how they ended. */
  private Set<String> wanted(Settings settings, RunHistory history) throws IOException {
    if (!failed) {
      if (since != null || pipeline != null) {
        throw new UsageException("--since and --pipeline choose among --failed runs");
      } else if (runs.isEmpty()) {
        throw new UsageException("name the runs, or choose them with --failed");
      }
      return new LinkedHashSet<>(runs);
    } else if (!runs.isEmpty()) {
      throw new UsageException("either name the runs, or choose them with --failed");
    }
    return failed(settings, history);
  }

  private Set<String> failed(Settings settings, RunHistory history) throws IOException {
    Instant now = context.clock().instant();
    Instant from = since == null ? Instant.MIN : now.minus(age(since));
    String scope = ScopeSettings.of(settings, HomeOptions.at(settings.home())).scope().name();
    Set<String> retried = new HashSet<>();
    List<String> found = new ArrayList<>();
    Set<String> pipelines = new TreeSet<>();
    for (String id : history.ids()) { // newest first, so that it is known which ones were retried
      RunBrief brief;
      try {
        brief = history.readBrief(id);
      } catch (IOException e) {
        context.err().println("warning: run " + id + ": " + e.getMessage());
        continue;
      }
      Resume resume = brief.header().options().resume();
      if (resume != null && resume.link() == Resume.Link.RESUMES) {
        retried.add(resume.run());
      }
      pipelines.add(brief.header().pipeline());
      boolean ofPipeline = pipeline == null || brief.header().pipeline().equals(pipeline);
      String its = brief.header().scope();
      boolean ofScope = its.isEmpty() || its.equals(scope);
      if (ofPipeline
          && ofScope
          && !retried.contains(id)
          && !brief.header().start().isBefore(from)
          && hasFailed(brief, now)) {
        found.add(0, id);
      }
    }
    if (pipeline != null && !pipelines.contains(pipeline)) {
      throw new UsageException(
          "--pipeline: there is no run of a pipeline %s%s"
              .formatted(Text.quote(pipeline), Text.hint(pipeline, pipelines)));
    }
    return new LinkedHashSet<>(found);
  }

  private static Duration age(String text) {
    try {
      return Durations.parse(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          "--since: %s is no age; write one such as 90m, 12h or 7d".formatted(Text.quote(text)), e);
    }
  }

  private static boolean hasFailed(RunBrief brief, Instant now) {
    return brief.summary() == null
        ? brief.life(HostName.find(), now) == RunBrief.Life.DIED
        : brief.summary().state() != RunState.SUCCEEDED;
  }

  private Retry prepare(Settings settings, RunHistory history, String run) {
    RunHeader header = EarlierRuns.header(history, run);
    Parameters given = new Parameters(parameters).over(header.parameters());
    Pipeline defined = define(header, given);
    Set<String> again = new LinkedHashSet<>();
    restart.forEach(step -> again.addAll(steps(defined.graph(), step)));
    Resume resume =
        EarlierRuns.find(
            history,
            Resume.of(header.run(), again),
            defined.name(),
            ScopeSettings.of(settings, HomeOptions.at(settings.home())).scope(),
            HostName.find(),
            context.clock().instant());
    RunOptions options = options(settings, header, resume);
    RunCommand.checkPartitions(defined, options, "run " + header.run());
    return new Retry(defined, options);
  }

  private Pipeline define(RunHeader header, Parameters given) {
    String name = definedBy == null ? header.pipeline() : definedBy;
    boolean shipped = source.named().stream().anyMatch(each -> each.name().equals(name));
    if (definedBy == null && source.isLauncher() && jars.isEmpty() && !shipped) {
      throw unknown(header, "is none of those that are shipped", null);
    }
    try {
      return ExitFromInside.defining(
          context, () -> source.choice(name, jars).define(given, context.folder()));
    } catch (UsageException e) {
      if (definedBy == null && e.getCause() instanceof ClassNotFoundException) {
        throw unknown(header, "is no name that %s offer".formatted(jars), e);
      }
      throw e;
    }
  }

  private UsageException unknown(RunHeader header, String what, @Nullable Throwable cause) {
    Hints hints = new Hints(source.program(), context.flags().places(), List::of);
    String its =
        jars.isEmpty()
            ? " --jar JAR"
            : jars.stream().map(jar -> " --jar " + hints.quoted(jar)).collect(Collectors.joining());
    String command = header.options().command();
    String message =
        "run %s is of pipeline '%s', which %s; say which class defines it: %s%s"
            .formatted(
                header.run(),
                header.pipeline(),
                what,
                hints.command("runs retry %s%s --class CLASS".formatted(header.run(), its)),
                command.isEmpty() ? "" : " (it was begun with: " + command + ")");
    return cause == null ? new UsageException(message) : new UsageException(message, cause);
  }

  /** The steps that a name or pattern stands for. */
  private static List<String> steps(TaskGraph graph, String wanted) {
    if (!wanted.contains("*")) {
      return List.of(RunTargets.step(graph, wanted).name());
    }
    Pattern pattern = Pattern.compile(Pattern.quote(wanted).replace("*", "\\E.*\\Q"));
    List<String> found =
        graph.nodes().stream()
            .filter(Node::isStep)
            .map(Node::name)
            .filter(name -> pattern.matcher(name).matches())
            .toList();
    if (found.isEmpty()) {
      throw new UsageException(
          "pipeline '%s' has no step like %s (it has %s)"
              .formatted(
                  graph.pipeline(),
                  Text.quote(wanted),
                  String.join(
                      ", ", graph.nodes().stream().filter(Node::isStep).map(Node::name).toList())));
    }
    return found;
  }

  /** Those of the run before, as far as settings do not say otherwise. */
  private RunOptions options(Settings settings, RunHeader header, Resume resume) {
    RunOptions before = header.options();
    boolean executor = settings.isDefault(Setting.EXECUTOR);
    boolean cache = settings.isDefault(Setting.CACHE);
    RunPolicy policy = PolicySettings.of(settings);
    return before
        .withCache(cache ? before.cache() : settings.choice(Setting.CACHE, CacheMode.class))
        .withExecutor(
            executor ? before.executor() : settings.text(Setting.EXECUTOR),
            settings.engineOptions())
        .withRerun(Set.of())
        .withRerunFrom(Set.of())
        .withTimeout(settings.optionalDuration(Setting.TIMEOUT).orElse(before.timeout()))
        .withCommand(source.program() + " runs retry " + header.run())
        .withPolicy(policy.equals(RunPolicy.NONE) ? before.policy() : policy)
        .withResume(resume)
        .withIdempotencyKey("");
  }
}
