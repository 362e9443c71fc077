package dev.reprise.cli.base;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The options and arguments of one command, and where their values go. The commands on which people
 * wait declare them here and not by annotations: arguments without a mistake are then read without
 * picocli, the loading of which is a third of the time of a run in which everything is cached.
 * Help, completion and all that is wrong with arguments are picocli's, which is told the same
 * table.
 */
public final class OptionTable {
  private final List<Entry> entries = new ArrayList<>();
  private final Set<String> hidden = new HashSet<>();
  private @Nullable Positional positional;

  /**
   * An option.
   *
   * @param label of its value; empty for one that has none
   * @param words that the value may be, for shells; empty if it may be anything
   */
  private record Entry(
      List<String> names,
      String label,
      String description,
      Iterable<String> words,
      Consumer<String> to) {
    boolean isFlag() {
      return label.isEmpty();
    }
  }

  private record Positional(String label, String description, Consumer<String> to) {}

  /** Adds an option without a value; {@code to} is called each time that it is given. */
  public OptionTable flag(List<String> names, String description, Runnable to) {
    entries.add(new Entry(names, "", description, List.of(), given -> to.run()));
    return this;
  }

  /** Adds an option with a value; {@code to} is called with each that is given. */
  public OptionTable value(String name, String label, String description, Consumer<String> to) {
    return value(List.of(name), label, description, List.of(), to);
  }

  /** Adds an option whose value is one of a few words, for shells; {@code to} checks it. */
  public OptionTable value(
      List<String> names,
      String label,
      String description,
      Iterable<String> words,
      Consumer<String> to) {
    entries.add(new Entry(names, label, description, words, to));
    return this;
  }

  /** Leaves options out of the help of this command, which takes them and has no use for them. */
  public OptionTable hide(String... names) {
    hidden.addAll(List.of(names));
    return this;
  }

  /** Sets the one argument that there must be. */
  public OptionTable argument(String label, String description, Consumer<String> to) {
    positional = new Positional(label, description, to);
    return this;
  }

  /**
   * Reads arguments, if they are plainly right.
   *
   * @return false if anything is wrong with them or they are written in a way that only picocli
   *     knows; nothing has been called then
   */
  public boolean read(List<String> args) {
    Map<String, Entry> byName = new LinkedHashMap<>();
    entries.forEach(entry -> entry.names().forEach(name -> byName.put(name, entry)));
    List<Runnable> calls = new ArrayList<>();
    int arguments = 0;
    for (int i = 0; i < args.size(); i++) {
      String word = args.get(i);
      Positional argument = positional;
      if (!word.startsWith("-")) {
        if (argument == null || ++arguments > 1) {
          return false;
        }
        calls.add(() -> argument.to().accept(word));
        continue;
      }
      int equals = word.startsWith("--") ? word.indexOf('=') : -1;
      Entry entry = byName.get(equals < 0 ? word : word.substring(0, equals));
      if (entry == null || (entry.isFlag() && equals >= 0)) {
        return false;
      }
      boolean valueFollows = !entry.isFlag() && equals < 0;
      if (valueFollows && (i + 1 == args.size() || args.get(i + 1).startsWith("-"))) {
        return false;
      }
      String value = valueFollows ? args.get(++i) : word.substring(equals + 1);
      calls.add(() -> entry.to().accept(value));
    }
    if (positional != null && arguments == 0) {
      return false;
    }
    calls.forEach(Runnable::run);
    return true;
  }

  /** Tells picocli. */
  public void addTo(CommandSpec spec) {
    Positional argument = positional;
    if (argument != null) {
      spec.addPositional(
          PositionalParamSpec.builder()
              .paramLabel(argument.label())
              .description(argument.description())
              .type(String.class)
              .arity("1")
              .index("0")
              .required(true)
              .setter(new Setter(argument.to()))
              .build());
    }
    for (Entry entry : entries) {
      OptionSpec.Builder option =
          OptionSpec.builder(entry.names().toArray(String[]::new))
              .description(entry.description())
              .completionCandidates(entry.words())
              .hidden(entry.names().stream().anyMatch(hidden::contains))
              .setter(new Setter(entry.to()));
      if (entry.isFlag()) {
        option.type(boolean.class).arity("0");
      } else {
        option.type(String.class).arity("1").paramLabel(entry.label());
      }
      spec.addOption(option.build());
    }
    spec.addMixin("help", CommandSpec.forAnnotatedObject(new HelpOption()));
  }

  /** Takes a value from picocli, which first sets the one that an option has if it is not given. */
  private record Setter(Consumer<String> to) implements ISetter {
    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // picocli's interface
    public <T> @Nullable T set(T value) {
      if (value != null && !value.equals(false)) {
        to.accept(value.toString());
      }
      return null;
    }
  }
}
