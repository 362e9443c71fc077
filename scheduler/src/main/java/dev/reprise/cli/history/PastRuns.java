package dev.reprise.cli.history;

import dev.reprise.cache.base.HostName;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.config.Settings;
import dev.reprise.config.UsageException;
import dev.reprise.console.Hints;
import dev.reprise.journal.RecordedRun;
import dev.reprise.journal.RunBrief;
import dev.reprise.journal.RunHistory;
import dev.reprise.journal.RunIds;
import dev.reprise.journal.UnknownRunException;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** The runs of the home that the settings name, as commands want them. */
final class PastRuns {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

  private final CommandContext context;
  private final RunHistory history;

  PastRuns(CommandContext context, Settings settings) {
    this.context = context;
    this.history = new RunHistory(settings.runsFolder());
  }

  RunHistory history() {
    return history;
  }

  /** Ids of all runs, newest first. */
  List<String> ids() {
    return history.ids();
  }

  /** How a person goes on from here, in the same home. */
  Hints hints(String program) {
    return new Hints(program, context.flags().places(), this::ids);
  }

  /** The id as short as it can be. */
  String brief(String id) {
    return RunIds.brief(id, history.ids());
  }

  /**
   * The whole id of a run.
   *
   * @param wanted an id, how one begins or ends, or {@code latest}
   * @throws UsageException if there is none
   */
  String find(String wanted) {
    try {
      return history.find(wanted);
    } catch (UnknownRunException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Reads a run.
   *
   * @param wanted an id, how one begins or ends, or {@code latest}
   * @throws UsageException if there is none
   * @throws CommandException if its journal cannot be read
   */
  RecordedRun read(String wanted) throws CommandException {
    try {
      RecordedRun run = history.read(find(wanted));
      if (!run.damage().isEmpty()) {
        context.err().println("warning: run " + run.id() + ": " + run.damage());
      }
      return run;
    } catch (IOException e) {
      throw new CommandException(ExitCode.INTEGRITY, String.valueOf(e.getMessage()), e);
    }
  }

  /** How a run ended, or what is known of one whose journal does not tell. */
  RunStatus status(RunBrief brief) {
    return RunStatus.of(brief, HostName.find(), context.clock().instant());
  }

  /** A moment, in the time zone of this machine. */
  static String time(Instant moment) {
    return TIME.format(moment.atZone(ZoneId.systemDefault()));
  }
}
