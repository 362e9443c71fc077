package dev.reprise.cli.base;

import dev.reprise.config.Flags;
import dev.reprise.config.Settings;
import dev.reprise.config.UsageException;
import dev.reprise.console.Hints;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The world around one call of the command line. Commands use this and no statics, so that a test
 * runs them in its own process with streams, variables and folders of its own.
 *
 * @param in what the user types
 * @param out for what was asked
 * @param err for everything else
 * @param environment variables
 * @param properties system properties
 * @param folder the working directory, absolute
 * @param clock the time of day
 * @param terminal whether {@code in} and {@code out} are a terminal, at which somebody can answer
 * @param flags the settings given as options; filled while the command line is parsed
 * @param program what starts this command line, as a person types it
 */
public record CommandContext(
    InputStream in,
    PrintStream out,
    PrintStream err,
    Map<String, String> environment,
    Map<String, String> properties,
    Path folder,
    InstantSource clock,
    boolean terminal,
    Flags flags,
    String program) {

  /** The context of this process. */
  public static CommandContext ofProcess() {
    Map<String, String> properties = new HashMap<>();
    for (String name : System.getProperties().stringPropertyNames()) {
      properties.put(name, System.getProperty(name, ""));
    }
    return new CommandContext(
        System.in,
        System.out,
        System.err,
        System.getenv(),
        properties,
        Path.of("").toAbsolutePath(),
        InstantSource.system(),
        Terminal.attached(),
        new Flags(),
        "reprise");
  }

  /** The same world with other streams. */
  public CommandContext withStreams(PrintStream otherOut, PrintStream otherErr) {
    return new CommandContext(
        in, otherOut, otherErr, environment, properties, folder, clock, terminal, flags, program);
  }

  /** The same world for another program. */
  public CommandContext withProgram(String other) {
    return new CommandContext(
        in, out, err, environment, properties, folder, clock, terminal, flags, other);
  }

  /** A command line of this program. */
  public String command(String arguments) {
    return program + " " + arguments;
  }

  /** A message with the commands that it names as they are typed here. */
  public String typed(String message) {
    return new Hints(program, flags.places(), List::of).typed(message);
  }

  /**
   * Whether what is printed may be coloured.
   *
   * @see <a href="https://no-color.org">NO_COLOR</a>
   */
  public boolean colours() {
    return movesCursor() && environment.getOrDefault("NO_COLOR", "").isEmpty();
  }

  /** Whether the terminal, if there is one, can do more than print. */
  public boolean movesCursor() {
    return terminal
        && !environment.getOrDefault("TERM", "dumb").equals("dumb")
        && environment.getOrDefault("CI", "").isEmpty();
  }

  /** How many characters fit on a line. */
  public int width() {
    String columns = environment.getOrDefault("COLUMNS", "");
    return columns.matches("[1-9]\\d{1,3}") ? Integer.parseInt(columns) : 80;
  }

  /**
   * Reads the settings; call it once the command line is parsed.
   *
   * @throws UsageException if one is given that is no setting, or a file cannot be read
   */
  public Settings settings() {
    return Settings.read(flags, properties, environment, folder);
  }

  /**
   * Reads the settings, for a command that looks at what a home holds. One that is not there yet,
   * or empty, holds nothing.
   *
   * @throws UsageException as for {@link #settings}; also if the home is a file, or a folder of
   *     something else
   */
  public Settings settingsOfHome() {
    Settings settings = settings();
    Path home = settings.home();
    if (Files.exists(home) && !Files.isDirectory(home)) {
      throw new UsageException(
          "%s is no home but a file; name a folder with --home".formatted(home));
    }
    if (HomeView.isOfSomethingElse(home)) {
      throw new UsageException(
          "%s is no home: it holds other things, and no index/, runs/ or store/; name another with --home"
              .formatted(home));
    }
    return settings;
  }
}
