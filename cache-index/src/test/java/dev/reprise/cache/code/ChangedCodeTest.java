package dev.reprise.cache.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.Shows;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What must make a task run again, and how it is named to people (FAULTS 72). */
class ChangedCodeTest {
  private static final Program PLAIN =
      Program.of(
          """
          class Delays {
            static int task(int minutes) {
              Runnable lambda = () -> { String word = "never"; word.length(); };
              Object anonymous = new Object() { @Override public String toString() { return "one"; } };
              final int bonus = 15;
              return Helper.late(minutes) + bonus + lambda.hashCode() + anonymous.hashCode();
            }
          }
          """,
          """
          class Helper {
            static int late(int minutes) { return Deep.later(minutes) + Limits.LATE; }
          }
          """,
          "class Deep { static int later(int minutes) { return minutes + 1; } }",
          "class Limits { static final int LATE = 15; static final int UNUSED = 3; }");

  private static List<String> changes(Program before, Program after) {
    return CodeDifference.between(before.fingerprint(), after.fingerprint()).stream()
        .map(CodeDifference::toString)
        .toList();
  }

  @Test
  void fingerprint_bodyOfTask_isNamed() {
    assertThat(changes(PLAIN, PLAIN.edit("+ bonus", "- bonus")))
        .containsExactly("com.acme.Delays#task(int) changed");
  }

  @Test
  void fingerprint_bodyOfHelper_isNamed() {
    assertThat(changes(PLAIN, PLAIN.edit("(minutes) + Limits", "(minutes) - Limits")))
        .containsExactly("com.acme.Helper#late(int) changed");
  }

  @Test
  @Shows("Fault 72")
  void fingerprint_helperOfHelper_isNamed() {
    assertThat(changes(PLAIN, PLAIN.edit("minutes + 1", "minutes + 2")))
        .containsExactly("com.acme.Deep#later(int) changed");
  }

  @Test
  @Shows("Fault 72")
  void fingerprint_constantOfOtherClass_isSeenWhereItIsInlined() {
    assertThat(changes(PLAIN, PLAIN.edit("LATE = 15", "LATE = 16")))
        .containsExactly("com.acme.Helper#late(int) changed");
  }

  @Test
  void fingerprint_localConstant_isNamedByItsMethod() {
    assertThat(changes(PLAIN, PLAIN.edit("bonus = 15", "bonus = 16")))
        .containsExactly("com.acme.Delays#task(int) changed");
  }

  @Test
  void fingerprint_unusedConstant_doesNotCount() {
    assertThat(changes(PLAIN, PLAIN.edit("UNUSED = 3", "UNUSED = 4"))).isEmpty();
  }

  @Test
  void fingerprint_stringConstant_counts() {
    assertThat(changes(PLAIN, PLAIN.edit("\"never\"", "\"ever\"")))
        .containsExactly("com.acme.Delays#task(int) changed");
  }

  @Test
  void fingerprint_stringsThatUtf8CannotTellApart_differ() {
    assertThat(
            changes(PLAIN.edit("\"never\"", "\"\\ud800\""), PLAIN.edit("\"never\"", "\"\\ud801\"")))
        .containsExactly("com.acme.Delays#task(int) changed");
  }

  @Test
  void fingerprint_bodyOfLambda_isNamedByTheMethodAround() {
    assertThat(changes(PLAIN, PLAIN.edit("word.length()", "word.isEmpty()")))
        .containsExactly("com.acme.Delays#task(int) changed");
  }

  @Test
  void fingerprint_bodyOfAnonymousClass_isNamedByTheMethodAround() {
    assertThat(changes(PLAIN, PLAIN.edit("\"one\"", "\"two\"")))
        .containsExactly("com.acme.Delays#task(int) changed");
  }

  @Test
  void fingerprint_callOfAnotherMethod_tellsNewAndGoneOnes() {
    assertThat(
            changes(
                PLAIN,
                PLAIN
                    .edit("Deep.later", "Other.later")
                    .with("class Other { static int later(int minutes) { return minutes + 1; } }")))
        .containsExactly(
            "com.acme.Helper#late(int) changed",
            "com.acme.Other new",
            "com.acme.Other#later(int) new",
            "com.acme.Deep gone",
            "com.acme.Deep#later(int) gone");
  }

  @Test
  void fingerprint_localVariablesSwapped_counts() {
    Program before =
        Program.of(
            """
            class Delays {
              static int task(int a, int b) { int x = a * 2; int y = b * 3; return x - y; }
            }
            """);
    assertThat(changes(before, before.edit("x - y", "y - x"))).hasSize(1);
    assertThat(changes(before, before.edit("a * 2; int y = b", "b * 2; int y = a"))).hasSize(1);
  }

  @Test
  void fingerprint_parametersSwapped_counts() {
    Program before =
        Program.of(
            "class Delays { static int task(int a, int b) { a++; b = 2 * b; return a - b; } }");
    assertThat(
            changes(
                before,
                before.edit("a++; b = 2 * b; return a - b", "b++; a = 2 * a; return b - a")))
        .hasSize(1);
    assertThat(changes(before, before.edit("a++", "b++"))).hasSize(1);
  }

  @Test
  void fingerprint_variableAssignedOnOneWayOnly_counts() {
    Program before =
        Program.of(
            """
            class Delays {
              static int task(int a) {
                int x = Integer.parseInt("1");
                int y = Integer.parseInt("2");
                if (a > 0) { x = a; } else { x = -a; }
                return x;
              }
            }
            """);
    assertThat(changes(before, before.edit("else { x = -a; }", "else { y = -a; }"))).hasSize(1);
    assertThat(changes(before, before.edit("return x", "return y"))).hasSize(1);
  }

  @Test
  void fingerprint_constantKeptInALoop_isNotTakenForAnUnreadOne() {
    Program before =
        Program.of(
            """
            class Delays {
              static int task(int a) {
                int x = 1;
                int sum = 0;
                while (a-- > 0) { sum += x; x = 5; }
                return sum;
              }
            }
            """);
    assertThat(changes(before, before.edit("x = 5", "x = 6"))).hasSize(1);
  }

  @Test
  void fingerprint_constantReadByHandler_isNotTakenForAnUnreadOne() {
    Program before =
        Program.of(
            """
            class Delays {
              static int task(String a) {
                int x = 1;
                try { x = 2; Integer.parseInt(a); x = 3; return 0; }
                catch (NumberFormatException e) { return x; }
              }
            }
            """);
    assertThat(changes(before, before.edit("x = 2", "x = 4"))).hasSize(1);
  }

  @Test
  void fingerprint_staticInitialiser_isNamed() {
    Program before =
        Program.of(
            """
            class Delays {
              private static final java.util.List<String> NAMES = new java.util.ArrayList<>();
              static { NAMES.add("one"); }
              static int task() { return NAMES.size(); }
            }
            """);
    assertThat(changes(before, before.edit("\"one\"", "\"two\"")))
        .containsExactly("com.acme.Delays static initialiser changed");
  }

  @Test
  void fingerprint_initialiserAndConstructorOfCreatedClass_areNamed() {
    Program before =
        Program.of(
            """
            class Delays {
              static int task() { return new Helper("x").size; }
              static class Base { static int made = 0; Base() { made++; } }
              static class Helper extends Base {
                int size = 3;
                Helper(String word) { size += word.length(); }
              }
            }
            """);
    assertThat(changes(before, before.edit("size = 3", "size = 4")))
        .containsExactly("com.acme.Delays$Helper#Helper(String) changed");
    assertThat(changes(before, before.edit("made++", "made--")))
        .containsExactly("com.acme.Delays$Base#Base() changed");
    assertThat(changes(before, before.edit("made = 0", "made = 1")))
        .containsExactly("com.acme.Delays$Base static initialiser changed");
  }

  @Test
  void fingerprint_constantsOfEnum_areNamed() {
    Program before =
        Program.of(
            """
            class Delays {
              enum Color { RED(1), GREEN(2); final int weight; Color(int w) { weight = w; } }
              static int task(Color color) {
                switch (color) { case RED: return 1; case GREEN: return 2; default: return 3; }
              }
            }
            """);
    assertThat(changes(before, before.edit("RED(1)", "RED(7)")))
        .containsExactly("com.acme.Delays$Color static initialiser changed");
    assertThat(changes(before, before.edit("GREEN(2);", "GREEN(2), BLUE(3);")))
        .contains("com.acme.Delays$Color static initialiser changed");
    assertThat(
            changes(
                before,
                before.edit("case RED: return 1; case GREEN", "case GREEN: return 1; case RED")))
        .containsExactly("com.acme.Delays#task(Delays$Color) changed");
  }

  @Test
  void fingerprint_switchOverNumbersOfAPersonWithinOneOverAnEnum_isNotMistaken() {
    Program before =
        Program.of(
            """
            class Delays {
              enum Color { RED, GREEN }
              static final int[] NUMBERS = {1, 2};
              static int task(Color a, Color b) {
                switch (switch (NUMBERS[a.ordinal()]) { case 1 -> a; case 2 -> b; default -> a; }) {
                  case RED: return 1; case GREEN: return 2; default: return 3;
                }
              }
            }
            """);
    // The numbers that javac gives the constants are swapped as well, so the bytecode stays equal.
    assertThat(
            changes(
                before,
                before.edit(
                    "case RED: return 1; case GREEN: return 2",
                    "case GREEN: return 1; case RED: return 2")))
        .contains("com.acme.Delays#task(Delays$Color, Delays$Color) changed");
  }

  @Test
  void fingerprint_bodyOfEnumConstant_counts() {
    Program before =
        Program.of(
            """
            class Delays {
              enum Op { PLUS { int apply(int a) { return a + 1; } }; abstract int apply(int a); }
              static int task(int a) { return Op.valueOf("PLUS").apply(a); }
            }
            """);
    assertThat(changes(before, before.edit("a + 1", "a + 2")))
        .containsExactly("com.acme.Delays$Op static initialiser changed");
  }

  @Test
  @Shows("Fault 71")
  void fingerprint_recordOfArgument_countsWithItsMethodsAndComponents() {
    Program before =
        Program.of(
            """
            class Delays {
              record Config(int limit, String name) {
                Config { if (limit < 0) { limit = 0; } }
                boolean late(int minutes) { return minutes > limit; }
              }
              static boolean task(Config config, int minutes) { return config.late(minutes); }
            }
            """);
    assertThat(changes(before, before.edit("minutes > limit", "minutes >= limit")))
        .containsExactly("com.acme.Delays$Config#late(int) changed");
    assertThat(changes(before, before.edit("limit = 0", "limit = 1")))
        .containsExactly("com.acme.Delays$Config#Config(int, String) changed");
    assertThat(changes(before, before.edit("String name", "String title")))
        .contains("com.acme.Delays$Config changed");
  }

  @Test
  void fingerprint_typeThatIsCaught_countsWithItsSupertypes() {
    Program before =
        Program.of(
            """
            class Delays {
              static class Late extends RuntimeException {}
              static int task(Runnable r) {
                try { r.run(); return 1; } catch (Late e) { return 2; }
              }
            }
            """);
    assertThat(changes(before, before.edit("extends Runtime", "extends IllegalArgument")))
        .isNotEmpty();
  }

  @Test
  void fingerprint_synchronizedOrStatic_counts() {
    assertThat(changes(PLAIN, PLAIN.edit("static int later", "static synchronized int later")))
        .containsExactly("com.acme.Deep#later(int) changed");
  }

  @Test
  void fingerprint_equalLambdasAroundDifferentClasses_differ() {
    Program before =
        Program.of(
            """
            import java.util.function.*;
            class Delays {
              static Object task(boolean first) {
                class One { }
                class Two { }
                Supplier<Object> one = () -> new One();
                Supplier<Object> two = () -> new Two();
                return first ? one.get() instanceof One : two.get() instanceof One;
              }
            }
            """);
    assertThat(changes(before, before.edit("two.get() instanceof One", "two.get() instanceof Two")))
        .hasSize(1);
  }
}
