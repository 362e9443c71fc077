package dev.reprise.cli;

import dev.reprise.api.ParameterException;
import dev.reprise.cache.base.Text;
import dev.reprise.cache.code.PlatformPackages;
import dev.reprise.cache.index.IndexLockedException;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.config.UsageException;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.graph.PipelineException;
import dev.reprise.run.PartitionChoice.UnknownPartitionException;
import dev.reprise.run.ResumeException;
import dev.reprise.run.RunTargets.UnknownStepException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Turns what goes wrong into one message and an exit code. Nobody gets to see a bare stack trace:
 * what the user can mend is said in words, and the trace of a bug goes to a file that the message
 * names.
 */
final class Problems {
  private static final int LONGEST_LINE = 4000;
  private static final int MOST_PLACES = 3;
  private static final int MOST_CAUSES = 5;

  /** What the user's code calls, and what calls it, beside the platform's. */
  private static final List<String> NOT_THE_USERS =
      List.of("java.", "javax.", "jdk.", "sun.", "picocli.");

  private final CommandContext context;

  Problems(CommandContext context) {
    this.context = context;
  }

  /** Arguments that do not fit the command. */
  int onBadArguments(CommandLine.ParameterException e, String[] args) {
    // picocli wraps what an option of ours says of its value, once or twice
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (codeOf(cause) != ExitCode.INTERNAL) {
        return tell(cause).code();
      }
    }
    StringBuilder message = new StringBuilder(String.valueOf(e.getMessage()));
    if (e instanceof UnmatchedArgumentException unmatched) {
      List<String> near = unmatched.getSuggestions();
      if (!near.isEmpty()) {
        message.append("; did you mean '").append(near.get(0)).append("'?");
      }
    }
    print(message.toString());
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    context.err().println("  see '" + command + " --help'");
    return ExitCode.USAGE.code();
  }

  /** Whatever a command threw. */
  int onException(Exception e, CommandLine command, ParseResult parsed) {
    return tell(e).code();
  }

  /** Tells of a throwable; returns how the process ends. */
  ExitCode tell(Throwable e) {
    ExitCode code = codeOf(e);
    if (code == ExitCode.INTERNAL) {
      print("internal error: " + e);
      context.err().println("  this is a bug; please report it with the " + trace(e));
    } else {
      print(String.valueOf(e.getMessage()));
      if (e instanceof PipelineException && e.getCause() != null) {
        tellCauses(e.getCause());
      }
    }
    return code;
  }

  private static ExitCode codeOf(Throwable e) {
    if (e instanceof CommandException command) {
      return command.code();
    } else if (e instanceof UsageException
        || e instanceof ParameterException
        || e instanceof UnknownStepException
        || e instanceof UnknownPartitionException
        || e instanceof ResumeException) {
      return ExitCode.USAGE;
    } else if (e instanceof PipelineException) {
      return ExitCode.INVALID_PLAN;
    } else if (e instanceof ExecutorUnavailableException) {
      return ExitCode.CLUSTER;
    }
    return e instanceof IndexLockedException ? ExitCode.INDEX_LOCKED : ExitCode.INTERNAL;
  }

  private void print(String message) {
    context.err().println("error: " + Text.safe(context.typed(message), LONGEST_LINE));
  }

  /** Of what the message has: where that was thrown, and what it came of. */
  private void tellCauses(Throwable e) {
    List<String> told = new ArrayList<>(places(e, MOST_PLACES));
    told.forEach(place -> context.err().println("  at " + place));
    Throwable cause = e.getCause();
    for (int i = 0; i < MOST_CAUSES && cause != null; i++) { // there may be a circle of them
      context.err().println("  caused by: " + Text.safe(cause.toString(), LONGEST_LINE));
      for (String place : places(cause, 1)) {
        if (!told.contains(place)) {
          context.err().println("    at " + place);
          told.add(place);
        }
      }
      cause = cause.getCause();
    }
  }

  /** Where in the user's code it was thrown, the innermost first. */
  private static List<String> places(Throwable e, int most) {
    List<String> places = new ArrayList<>();
    for (StackTraceElement frame : e.getStackTrace()) {
      String name = frame.getClassName();
      if (name.equals(CommandTree.class.getName())) {
        break; // what called the command: the user's own main, too
      } else if (!PlatformPackages.STANDARD.contains(name)
          && NOT_THE_USERS.stream().noneMatch(name::startsWith)) {
        places.add(Text.safe(frame.toString(), LONGEST_LINE));
      }
    }
    return places.subList(0, Math.min(most, places.size()));
  }

  /** Where the stack trace is, as the end of a sentence. */
  private static String trace(Throwable e) {
    StringWriter trace = new StringWriter();
    e.printStackTrace(new PrintWriter(trace, true));
    try {
      Path file = Files.createTempFile("reprise-error-", ".txt");
      Files.writeString(file, trace.toString());
      return "stack trace in " + file;
    } catch (IOException unwritable) {
      return "stack trace, which could not be kept: " + unwritable.getMessage();
    }
  }
}
