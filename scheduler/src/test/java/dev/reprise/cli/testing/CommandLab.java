package dev.reprise.cli.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.cli.cache.CacheCommand;
import dev.reprise.cli.doctor.DoctorCommand;
import dev.reprise.cli.result.ResultCommand;
import dev.reprise.cli.tools.ClasspathCommand;
import dev.reprise.cli.tools.CompletionCommand;
import dev.reprise.cli.tools.VersionCommand;
import dev.reprise.config.Flags;
import dev.reprise.config.UsageException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Runs commands as {@code main} does, in this JVM, in a folder of the test's own. */
public final class CommandLab {
  /** The time of day, unless a test says otherwise. */
  public static final Instant NOW = Instant.parse("2001-06-01T12:00:00Z");

  public final Path folder;
  public final Map<String, String> environment = new HashMap<>();
  public final Map<String, String> properties = new HashMap<>();
  public Instant now = NOW;
  public boolean terminal;
  public String typed = "";

  public CommandLab(Path folder) {
    this.folder = folder;
  }

  /** Puts a copy of {@code home} where commands look for theirs. */
  public void copyHome(Path home) throws IOException {
    try (Stream<Path> all = Files.walk(home)) {
      for (Path from : all.toList()) {
        Files.copy(from, folder.resolve(".reprise").resolve(home.relativize(from)));
      }
    }
  }

  /** What a command left behind. */
  public record Ran(int exit, byte[] bytes, String err) {
    public String out() {
      return new String(bytes, UTF_8);
    }
  }

  @Command(name = "reprise", description = "Runs pipelines.")
  private static final class Root {}

  /** Runs a command line. */
  public Ran run(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    CommandContext context =
        new CommandContext(
            new ByteArrayInputStream(typed.getBytes(UTF_8)),
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8),
            environment,
            properties,
            folder,
            InstantSource.fixed(now),
            terminal,
            new Flags(),
            "reprise");
    CommandLine root = new CommandLine(new Root());
    List.of(
            new ResultCommand(context),
            CacheCommand.of(context),
            new DoctorCommand(context),
            new ClasspathCommand(context),
            new CompletionCommand(context),
            new VersionCommand(context))
        .forEach(root::addSubcommand);
    root.setOut(new PrintWriter(context.out(), true));
    root.setErr(new PrintWriter(context.err(), true));
    root.setExecutionExceptionHandler(
        (e, command, parsed) -> {
          context.err().println(e.getMessage());
          if (e instanceof CommandException known) {
            return known.code().code();
          } else if (e instanceof UsageException) {
            return ExitCode.USAGE.code();
          }
          throw e;
        });
    int exit = root.execute(arguments);
    return new Ran(exit, out.toByteArray(), err.toString(UTF_8));
  }
}
