package dev.reprise.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.cache.base.Text;
import dev.reprise.cache.fingerprint.Redaction;
import dev.reprise.cli.base.AddedCommand;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.cli.base.TabledCommand;
import dev.reprise.cli.cache.CacheCommand;
import dev.reprise.cli.doctor.DoctorCommand;
import dev.reprise.cli.history.RunsCommand;
import dev.reprise.cli.history.WhyCommand;
import dev.reprise.cli.pipeline.DemoCommand;
import dev.reprise.cli.pipeline.ExamplesCommand;
import dev.reprise.cli.pipeline.PipelineSource;
import dev.reprise.cli.pipeline.PlanCommand;
import dev.reprise.cli.pipeline.RunCommand;
import dev.reprise.cli.result.ResultCommand;
import dev.reprise.cli.tools.ClasspathCommand;
import dev.reprise.cli.tools.ClusterCommand;
import dev.reprise.cli.tools.CompletionCommand;
import dev.reprise.cli.tools.VersionCommand;
import dev.reprise.config.UsageException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParseResult;

/**
 * The commands. Each is made when it is called for: reading the options of all of them would cost
 * more than a run in which everything is cached.
 */
final class CommandTree {
  private static final String COMPLETION = "completion";

  private final PipelineSource source;
  private final CommandContext context;
  private final Problems problems;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private record Entry(String description, Supplier<Object> command) {}

  CommandTree(PipelineSource source, CommandContext context, Problems problems) {
    this.source = source;
    this.context = context;
    this.problems = problems;
    if (source.isLauncher()) {
      add(
          "demo",
          "runs the shipped pipeline 'flights'; start here",
          () -> new DemoCommand(source, context));
      add("examples", "lists the shipped pipelines", () -> new ExamplesCommand(source, context));
    }
    add(
        "run",
        "runs a pipeline; what was computed before is reused",
        () -> new RunCommand(source, context));
    add(
        "plan",
        "shows what a run would reuse, what it would run, and why",
        () -> new PlanCommand(source, context));
    add(
        "why",
        "shows why a unit ran or did not, and what changed",
        () -> new WhyCommand(source, context));
    add(
        "runs",
        "lists and shows past runs, reads their logs, retries them",
        () -> RunsCommand.tree(source, context));
    add(
        "result",
        "prints what a run made, or writes it to a file",
        () -> new ResultCommand(context));
    add("cache", "lists, shows, counts and removes what is kept", () -> CacheCommand.of(context));
    add(
        "doctor",
        "checks the installation and the home; shows settings",
        () -> new DoctorCommand(context));
    if (source.isLauncher()) {
      add(
          "cluster",
          "starts and stops a Spark or Ray cluster on this machine, to try things out",
          ClusterCommand::tree);
    }
    add("version", "shows versions", () -> new VersionCommand(context));
    add(
        "classpath",
        "prints what javac and java need for a pipeline of one's own",
        () -> new ClasspathCommand(context));
    if (!program().contains(" ")) {
      // A shell completes what follows one word, and 'java' is not this program's alone.
      add(COMPLETION, "teaches a shell the commands", () -> new CompletionCommand(context));
    }
  }

  /** Looked for only when they are wanted: that opens every jar. */
  private void addOthers() {
    if (source.isLauncher()) {
      for (AddedCommand added : ServiceLoader.load(AddedCommand.class)) {
        add(added.name(), added.description(), () -> added.make(context));
      }
    }
  }

  private void add(String name, String description, Supplier<Object> command) {
    entries.put(name, new Entry(description, command));
  }

  /** What starts all this, for people. */
  String program() {
    return source.program();
  }

  /**
   * Executes the command of this name.
   *
   * @return the exit code
   * @throws UsageException if there is none; names the nearest
   */
  int execute(String name, List<String> args) {
    if (!entries.containsKey(name)) {
      addOthers();
    }
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new UsageException(
          "there is no command %s ('%s --help' lists all)%s"
              .formatted(Text.quote(name), program(), Text.hint(name, entries.keySet())));
    }
    if (name.equals(COMPLETION)) {
      List<String> whole = new ArrayList<>(List.of(name));
      whole.addAll(args);
      return whole().execute(whole.toArray(String[]::new));
    }
    Object made = entry.command().get();
    if (made instanceof TabledCommand command) {
      return execute(name, entry, command, args);
    }
    return prepared(line(name, made)).execute(args.toArray(String[]::new));
  }

  private int execute(String name, Entry entry, TabledCommand command, List<String> args) {
    String commandLine = commandLine(name, args);
    if (command.options().read(args)) {
      return call(command, commandLine);
    }
    TabledCommand again = (TabledCommand) entry.command().get();
    CommandLine line = prepared(line(name, again));
    try {
      ParseResult parsed = line.parseArgs(args.toArray(String[]::new));
      Integer help = CommandLine.executeHelpRequest(parsed);
      return help != null ? help : call(again, commandLine);
    } catch (CommandLine.ParameterException e) {
      return problems.onBadArguments(e, args.toArray(String[]::new));
    }
  }

  private int call(TabledCommand command, String commandLine) {
    try {
      return command.call(commandLine);
    } catch (Exception e) {
      return problems.tell(e).code();
    }
  }

  private CommandLine line(String name, Object command) {
    String qualified = program() + " " + name;
    if (command instanceof CommandLine line) {
      return line.setCommandName(qualified);
    }
    CommandSpec spec = CommandSpec.forAnnotatedObject(command);
    if (command instanceof TabledCommand tabled) {
      tabled.options().addTo(spec);
    }
    return new CommandLine(spec).setCommandName(qualified);
  }

  /** The command as it was typed, for the journal and for those who wait for this process. */
  private String commandLine(String name, List<String> args) {
    StringBuilder text = new StringBuilder(program()).append(' ').append(name);
    for (String word : args) {
      text.append(' ').append(Redaction.shown(word));
    }
    return text.toString();
  }

  /** All commands under one: what completes them has to know them. */
  private CommandLine whole() {
    addOthers();
    CommandLine whole = new CommandLine(CommandSpec.create().name(program()));
    entries.forEach(
        (name, entry) ->
            whole.addSubcommand(name, line(name, entry.command().get()).setCommandName(name)));
    return prepared(whole);
  }

  private CommandLine prepared(CommandLine command) {
    boolean colours = context.colours();
    adapt(command);
    return command
        .setOut(new PrintWriter(context.out(), true, UTF_8))
        .setErr(new PrintWriter(context.err(), true, UTF_8))
        .setColorScheme(Help.defaultColorScheme(colours ? Ansi.ON : Ansi.OFF))
        .setUsageHelpWidth(Math.min(100, context.width()))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOverwrittenOptionsAllowed(true)
        .setParameterExceptionHandler(problems::onBadArguments)
        .setExecutionExceptionHandler(problems::onException);
  }

  /** A synopsis that names all options would take a screen of its own; examples are to be typed. */
  private void adapt(CommandLine command) {
    UsageMessageSpec usage = command.getCommandSpec().usageMessage();
    usage.abbreviateSynopsis(true);
    usage.footer(Arrays.stream(usage.footer()).map(this::example).toArray(String[]::new));
    command.getSubcommands().values().forEach(this::adapt);
  }

  private String example(String line) {
    String typed =
        line.replaceAll("(^  |\\()reprise ", "$1" + Matcher.quoteReplacement(program()) + " ");
    return source.isLauncher() ? typed : typed.replaceFirst(" (run|plan) flights", " $1");
  }

  /** The help of the program itself. */
  String usage() {
    addOthers();
    List<String> lines = new ArrayList<>();
    lines.add("Usage: " + program() + " COMMAND [OPTION …]");
    lines.add("");
    lines.add(source.about());
    lines.add("");
    int width = entries.keySet().stream().mapToInt(String::length).max().orElse(0);
    entries.forEach(
        (name, entry) ->
            lines.add("  " + name + " ".repeat(width - name.length() + 3) + entry.description()));
    lines.add("");
    lines.add("'" + program() + " COMMAND --help' tells all about one, with an example.");
    lines.add("");
    lines.add("Exit codes:");
    for (ExitCode code : ExitCode.values()) {
      lines.add("  %2d   %s".formatted(code.code(), code.meaning()));
    }
    return String.join("\n", lines) + "\n";
  }
}
