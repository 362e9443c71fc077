package dev.reprise.cli.tools;

import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.cli.base.HelpOption;
import dev.reprise.cli.base.Words;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reprise classpath}: what javac and java need for a pipeline of the user's own. */
@Command(
    name = "classpath",
    sortOptions = false,
    description = "Prints the class path or the JVM options that a pipeline of your own needs.",
    footerHeading = "%nExample:%n",
    footer = {
      "  javac -cp \"$(reprise classpath)\" -d classes Mine.java",
      "  reprise classpath --jvm-options > jvm.options",
      "  java @jvm.options -cp \"$(reprise classpath):classes\" Mine run"
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:success", "2:bad usage"})
public final class ClasspathCommand implements Callable<Integer> {
  private static final String OPENS = "--add-opens=java.base/java.nio=ALL-UNNAMED";

  /**
   * Tables' library says at each start which memory it uses. If the program has another logger than
   * the one of this class path, it heeds none of these.
   */
  private static final List<String> QUIET =
      List.of(
          "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
          "-Dorg.slf4j.simpleLogger.log.dev.reprise=info");

  /** Of how this JVM was started, what another one needs too. */
  private static final Pattern NEEDED =
      Pattern.compile("(--add-opens=|-D(file\\.encoding|java\\.library\\.path|arrow\\.)).*");

  /** What Reprise measures itself with. */
  private static final Pattern BENCHMARKS =
      Pattern.compile("(reprise-benchmarks|jmh-|jopt-simple-|commons-math3-).*\\.jar");

  private static final Pattern PLUGINS = Pattern.compile("reprise-plugins-.*\\.jar");

  private final CommandContext context;

  @Parameters(
      paramLabel = "PART",
      arity = "0..1",
      completionCandidates = Sets.class,
      description = "all (default), or core: without the plugins for Spark and Ray")
  private String part = "all";

  @Option(
      names = "--jvm-options",
      description = "print the options for java instead, as a file for java @FILE")
  private boolean jvmOptions;

  @Mixin final HelpOption help = new HelpOption();

  static final class Sets extends Words {
    Sets() {
      super("all", "core");
    }
  }

  public ClasspathCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    boolean core = new Sets().check("PART", part).equals("core");
    if (jvmOptions) {
      options().stream().map(ClasspathCommand::inFile).forEach(context.out()::println);
    } else {
      context.out().println(String.join(File.pathSeparator, classPath(core)));
    }
    return ExitCode.OK.code();
  }

  private List<String> classPath(boolean core) {
    String whole = context.properties().getOrDefault("java.class.path", "");
    return Arrays.stream(whole.split(Pattern.quote(File.pathSeparator)))
        .filter(entry -> !entry.isEmpty())
        .map(context.folder()::resolve)
        .map(Path::normalize)
        .filter(Files::exists)
        .filter(entry -> !isCalled(entry, BENCHMARKS))
        .filter(entry -> !core || !isCalled(entry, PLUGINS))
        .map(Path::toString)
        .distinct()
        .collect(Collectors.toList());
  }

  private static boolean isCalled(Path entry, Pattern pattern) {
    return pattern.matcher(String.valueOf(entry.getFileName())).matches();
  }

  /**
   * An option as a line of a file of arguments, where blanks part and {@code #} begins a comment.
   *
   * @see <a href="https://docs.oracle.com/en/java/javase/17/docs/specs/man/java.html">java, the
   *     command-line argument files</a>
   */
  static String inFile(String option) {
    return option.matches("[^\\s\"'#\\\\]+")
        ? option
        : '"' + option.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static List<String> options() {
    List<String> options = new ArrayList<>();
    for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (NEEDED.matcher(option).matches()) {
        options.add(option);
      }
    }
    if (!options.contains(OPENS)) {
      options.add(0, OPENS);
    }
    options.addAll(QUIET);
    return options;
  }
}
