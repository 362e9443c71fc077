package dev.reprise.cli.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Both readers of the table must understand the same, or the quick one must step back. */
class OptionTableTest {
  private final List<String> taken = new ArrayList<>();

  private OptionTable table() {
    taken.clear();
    return new OptionTable()
        .argument("NAME", "a name", value -> taken.add("name " + value))
        .value(List.of("-p", "--param"), "K=V", "", List.of(), value -> taken.add("p " + value))
        .value("--cache", "MODE", "", value -> taken.add("cache " + value))
        .flag(List.of("-v", "--verbose"), "", () -> taken.add("v"))
        .flag(List.of("--keep-going"), "", () -> taken.add("keep"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "flights",
        "flights -v",
        "-v flights -v",
        "flights --param a=1 --param=b=2",
        "flights -p a=1 -p b=--x",
        "--cache=on flights",
        "--cache on flights --keep-going",
        "flights --cache=",
        "flights --cache=a --cache b"
      })
  void read_argumentsWithoutMistake_takesWhatPicocliTakes(String line) {
    List<String> args = List.of(line.split(" "));

    assertThat(table().read(args)).isTrue();
    List<String> quickly = List.copyOf(taken);

    assertThat(byPicocli(args)).isTrue();
    assertThat(taken).containsExactlyInAnyOrderElementsOf(quickly);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "flights --help",
        "flights -h",
        "--cache on",
        "flights more",
        "flights --cach=on",
        "flights --cache",
        "flights --param --cache=on",
        "flights --keep-going=false",
        "flights -vv",
        "flights -pa=1",
        "flights --",
        "-v"
      })
  void read_anythingElse_stepsBackAndTakesNothing(String line) {
    assertThat(table().read(List.of(line.split(" ")))).isFalse();
    assertThat(taken).isEmpty();
  }

  private boolean byPicocli(List<String> args) {
    CommandSpec spec = CommandSpec.create().name("test");
    table().addTo(spec);
    try {
      new CommandLine(spec)
          .setOverwrittenOptionsAllowed(true)
          .parseArgs(args.toArray(String[]::new));
      return true;
    } catch (ParameterException e) {
      return false;
    }
  }
}
