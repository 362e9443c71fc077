package dev.reprise.cli.history;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.cache.base.Text;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.cli.base.HelpOption;
import dev.reprise.cli.base.SettingOptions;
import dev.reprise.console.FailureText;
import dev.reprise.executor.ErrorInfo;
import dev.reprise.journal.OutputLogs;
import dev.reprise.journal.RecordedRun;
import dev.reprise.journal.RecordedStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code reprise runs logs}: what user code of a run printed, and the traces of what failed. */
@Command(
    name = "logs",
    description = {
      "Prints what the code of a run's units printed, and the whole stack trace of those that"
          + " failed."
    },
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {"  reprise runs logs latest", "  reprise runs logs 7f3a delays:month=2001-04"},
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success, even if nothing was printed",
      "1:the run ended before anything was known of the step",
      "2:bad usage, or no such run, step or partition",
      "6:the journal of the run cannot be read"
    })
final class RunsLogsCommand implements Callable<Integer> {
  private static final int LONGEST_NAME = 200;

  private final CommandContext context;

  @Parameters(
      index = "0",
      paramLabel = "RUN",
      description = "id of the run, how it begins or ends, or 'latest'")
  private String run = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "STEP",
      description = "a step, STEP:NUMBER or STEP:LABEL (default: all steps)")
  private @Nullable String step;

  @Mixin final SettingOptions settingOptions;
  @Mixin final HelpOption help = new HelpOption();

  RunsLogsCommand(CommandContext context) {
    this.context = context;
    this.settingOptions = new SettingOptions(context.flags());
  }

  @Override
  public Integer call() throws CommandException, IOException {
    PastRuns runs = new PastRuns(context, context.settingsOfHome());
    RecordedRun recorded = runs.read(run);
    List<UnitTarget> targets =
        step == null
            ? recorded.steps().stream()
                .map(each -> new UnitTarget(each, OptionalInt.empty()))
                .toList()
            : List.of(UnitTarget.find(recorded, step));
    OutputLogs logs = runs.history().logs(recorded.id());
    boolean titled = targets.stream().mapToInt(target -> target.partitions().length).sum() > 1;
    int printed = 0;
    for (UnitTarget target : targets) {
      for (int partition : target.partitions()) {
        printed += print(logs, target.step(), partition, titled) ? 1 : 0;
      }
    }
    if (printed == 0) {
      context.err().println("nothing was printed");
    }
    return ExitCode.OK.code();
  }

  private boolean print(OutputLogs logs, RecordedStep of, int partition, boolean titled)
      throws IOException {
    Optional<Path> file = logs.find(of.node().id(), partition);
    ErrorInfo error = of.unit(partition).map(unit -> unit.error()).orElse(null);
    if (file.isEmpty() && error == null) {
      return false;
    }
    if (titled) {
      String name = Text.safe(UnitTarget.name(of, partition), LONGEST_NAME);
      context.out().println("==> " + name + " <==");
    }
    if (file.isPresent()) {
      copy(file.get());
    }
    if (error != null) {
      FailureText.whole(error).forEach(context.out()::println);
    }
    return true;
  }

  /**
   * As it was printed, since that may be anything; a terminal gets it without control characters.
   */
  private void copy(Path file) throws IOException {
    if (!context.terminal()) {
      Files.copy(file, context.out());
      return;
    }
    try (Stream<String> lines = Files.lines(file, ISO_8859_1)) {
      lines.forEach(line -> context.out().println(printable(line)));
    }
  }

  private static String printable(String latin) {
    byte[] bytes = latin.getBytes(ISO_8859_1);
    String line = new String(bytes, UTF_8);
    return Text.safe(line.replace("\t", "    "), Integer.MAX_VALUE);
  }
}
