package dev.reprise.cli.tools;

import static java.util.Objects.requireNonNull;

import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.cli.base.HelpOption;
import dev.reprise.cli.base.Words;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code reprise completion}: teaches a shell the commands and options. */
@Command(
    name = "completion",
    sortOptions = false,
    description = "Prints a script that lets the shell complete commands and options.",
    footerHeading = "%nExample, for ~/.bashrc or ~/.zshrc:%n",
    footer = "  source <(reprise completion bash)",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:success", "2:bad usage"})
public final class CompletionCommand implements Callable<Integer> {
  private final CommandContext context;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "SHELL",
      completionCandidates = Shells.class,
      description = "bash or zsh")
  private String shell = "";

  @Mixin final HelpOption help = new HelpOption();

  static final class Shells extends Words {
    Shells() {
      super("bash", "zsh");
    }
  }

  public CompletionCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    new Shells().check("SHELL", shell);
    CommandLine root = requireNonNull(spec).root().commandLine();
    // One script serves both: it turns on zsh's understanding of bash's where it is needed.
    context.out().print(AutoComplete.bash(root.getCommandName(), root));
    return ExitCode.OK.code();
  }
}
