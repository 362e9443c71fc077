package dev.reprise.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.cli.pipeline.PipelineSource;
import dev.reprise.config.UsageException;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;

/** Where the process begins: {@code reprise COMMAND …}. */
public final class Main {
  private static final List<String> HELP = List.of("help", "-h", "--help");
  private static final List<String> VERSION = List.of("-V", "--version");

  private Main() {}

  /** Runs a command of the launcher, and ends the process. */
  public static void main(String[] args) {
    main(args, PipelineSource.shipped());
  }

  /**
   * Runs a command, and ends the process.
   *
   * @param source where pipelines come from
   */
  public static void main(String[] args, PipelineSource source) {
    CommandContext context = CommandContext.ofProcess();
    // Results and JSON have standard output for themselves: whatever libraries and definitions
    // print
    // there by the way goes to standard error.
    StandardOutput standardOutput = new StandardOutput();
    PrintStream out = utf8(standardOutput);
    PrintStream err = utf8(new FileOutputStream(FileDescriptor.err));
    System.setOut(err);
    System.setErr(err);
    int code = execute(args, source, context.withStreams(out, err));
    out.flush();
    Optional<String> lost = standardOutput.failure();
    lost.ifPresent(why -> err.println("error: standard output could not be written: " + why));
    err.flush();
    boolean cut = code == ExitCode.OK.code() && lost.isPresent();
    System.exit(cut ? ExitCode.OUTPUT.code() : code);
  }

  /** Every terminal and every reader of JSON expects UTF-8, whatever the locale is. */
  private static PrintStream utf8(OutputStream to) {
    return new PrintStream(new BufferedOutputStream(to, 8192), true, UTF_8);
  }

  /**
   * Runs a command.
   *
   * @param world around it
   * @return the exit code
   */
  public static int execute(String[] args, PipelineSource source, CommandContext world) {
    CommandContext context = world.withProgram(source.program());
    Problems problems = new Problems(context);
    try {
      return dispatch(List.of(args), new CommandTree(source, context, problems), context);
    } catch (RuntimeException | Error e) {
      // Errors too: a class that is not there, or memory that is not, deserves a message as well.
      return problems.tell(e).code();
    } finally {
      context.out().flush();
    }
  }

  private static int dispatch(List<String> args, CommandTree tree, CommandContext context) {
    String program = tree.program();
    if (args.isEmpty()) {
      context.err().print(tree.usage());
      return ExitCode.USAGE.code();
    }
    String first = args.get(0);
    if (VERSION.contains(first)) {
      return dispatch(List.of("version"), tree, context);
    }
    if (HELP.contains(first) && (args.size() == 1 || HELP.contains(args.get(1)))) {
      context.out().print(tree.usage());
      return ExitCode.OK.code();
    }
    if (first.equals("help")) {
      return dispatch(List.of(args.get(1), "--help"), tree, context);
    }
    if (first.startsWith("-")) {
      throw new UsageException(
          "a command comes first, options after it, as in '%s run %s'; '%s --help' lists all"
              .formatted(program, first, program));
    }
    return tree.execute(first, args.subList(1, args.size()));
  }
}
