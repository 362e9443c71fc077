package dev.reprise.cache.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.Shows;
import org.junit.jupiter.api.Test;

/** What may be edited without a task running again (FAULTS 72). */
class UnchangedCodeTest {
  private static final Program BEFORE =
      Program.of(
          """
          import java.io.Serializable;
          import java.util.*;
          import java.util.function.*;

          class Delays {
            enum Color { RED, GREEN, BLUE }

            private static final int LIMIT = 3;

            static int task(int minutes, Color color) {
              int total = 0;
              final int bonus = 15;
              for (int each : new int[] {1, 2, minutes}) {
                total += each + bonus;
              }
              int offset = total;
              Supplier<Integer> anonymous = new Supplier<>() {
                @Override public Integer get() { return offset + minutes; }
              };
              record Pair(int left, int right) {}
              Pair pair = new Pair(total, anonymous.get());
              IntUnaryOperator lambda = x -> x + offset + helper(pair.left());
              switch (color) {
                case RED: return 1;
                case GREEN: return lambda.applyAsInt(total);
                default: return total > LIMIT ? late("many") : 0;
              }
            }

            private static int helper(int x) {
              Function<Integer, Integer> twice = y -> 2 * y;
              return twice.andThen(Delays::plusOne).apply(x);
            }

            private static int plusOne(int x) { return x + 1; }

            private static int late(String word) {
              return switch (word) { case "many" -> 1; case "few" -> 2; default -> 3; };
            }
          }
          """);

  private static void assertSame(Program after) {
    CodeFingerprint before = BEFORE.fingerprint();
    CodeFingerprint now = after.fingerprint();
    assertThat(CodeDifference.between(before, now)).isEmpty();
    assertThat(now).isEqualTo(before);
  }

  @Test
  void fingerprint_comments_doNotCount() {
    assertSame(BEFORE.edit("int total = 0;", "/* a\n\n   comment */ int total = 0; // another"));
  }

  @Test
  void fingerprint_format_doesNotCount() {
    assertSame(BEFORE.edit("; ", ";\n\n\n").edit("  ", "\t"));
  }

  @Test
  void fingerprint_nameOfLocalVariable_doesNotCount() {
    assertSame(BEFORE.edit("total", "sum").edit("bonus", "extra"));
  }

  @Test
  void fingerprint_nameOfParameter_doesNotCount() {
    assertSame(BEFORE.edit("minutes", "m"));
  }

  @Test
  void fingerprint_nameOfCapturedVariable_doesNotCount() {
    assertSame(BEFORE.edit("offset", "zero").edit("pair", "both"));
  }

  @Test
  void fingerprint_unrelatedMethod_doesNotCount() {
    assertSame(BEFORE.edit("class Delays {", "class Delays { static int other() { return 7; }"));
  }

  @Test
  @Shows("Fault 72")
  void fingerprint_unrelatedLambdaBefore_doesNotCount() {
    assertSame(
        BEFORE.edit(
            "class Delays {",
            "class Delays { static Runnable other() { return () -> System.out.println(); }"));
  }

  @Test
  void fingerprint_unrelatedSerialisableLambda_doesNotCount() {
    assertSame(
        BEFORE.edit(
            "class Delays {",
            "class Delays { static Object other() { return (Runnable & Serializable) () -> {}; }"));
  }

  @Test
  void fingerprint_unrelatedAnonymousClassBefore_doesNotCount() {
    assertSame(
        BEFORE.edit(
            "class Delays {",
            "class Delays { static Object other() { return new Object() { int x = 1; }; }"));
  }

  @Test
  void fingerprint_unrelatedLocalClassOfSameNameBefore_doesNotCount() {
    assertSame(
        BEFORE.edit(
            "class Delays {",
            "class Delays { static Object other() { record Pair(long l) {} return new Pair(1); }"));
  }

  @Test
  void fingerprint_unrelatedSwitchOverSameEnumBefore_doesNotCount() {
    assertSame(
        BEFORE.edit(
            "class Delays {",
            """
            class Delays {
              static int other(Color color) {
                switch (color) { case BLUE: return 1; case GREEN: return 2; default: return 3; }
              }
              static int another(Thread.State state) {
                switch (state) { case NEW: return 1; default: return 3; }
              }
            """));
  }

  @Test
  void fingerprint_unrelatedSwitchBeforeNestedOnes_doesNotCount() {
    Program before =
        Program.of(
            """
            class Delays {
              enum Color { RED, GREEN, BLUE }
              static int task(Color a, Color b) {
                return switch (switch (a) { case RED -> b; default -> Color.BLUE; }) {
                  case GREEN -> 1;
                  case BLUE -> 2;
                  default -> 3;
                };
              }
            }
            """);
    Program after =
        before.edit(
            "static int task",
            """
            static int other(Color a) {
              return switch (a) { case BLUE -> 1; case GREEN -> 2; default -> 3; };
            }
            static int task""");
    assertThat(after.fingerprint()).isEqualTo(before.fingerprint());
  }

  @Test
  void fingerprint_orderOfMethods_doesNotCount() {
    String helper = "private static int plusOne(int x) { return x + 1; }";
    assertSame(BEFORE.edit(helper, "").edit("static int task", helper + "\nstatic int task"));
  }

  @Test
  void fingerprint_unrelatedNestedClass_doesNotCount() {
    assertSame(BEFORE.edit("enum Color", "static final class Unrelated {} enum Color"));
  }

  @Test
  void fingerprint_debugInformation_doesNotCount() {
    assertSame(BEFORE.compiledWith("-g:none"));
    assertSame(BEFORE.compiledWith());
    assertSame(BEFORE.compiledWith("-g:source,lines"));
  }

  @Test
  void fingerprint_namesOfParametersInClassFile_doNotCount() {
    assertSame(BEFORE.compiledWith("-g", "-parameters"));
  }

  @Test
  void fingerprint_targetWithoutNestMates_givesEqualLambdasAndAnonymousClasses() {
    Program simple =
        Program.of(
            """
            import java.util.function.*;
            class Delays {
              static int task(int x) { IntUnaryOperator f = y -> y + x; return f.applyAsInt(1); }
            }
            """);
    assertThat(simple.compiledWith("--release", "8").fingerprint())
        .isEqualTo(simple.compiledWith("--release", "17").fingerprint());
  }

  @Test
  void fingerprint_accessorsOfOldTarget_areNotNumbered() {
    Program before =
        Program.of(
                """
                class Delays {
                  private static int one() { return 1; }
                  static class Inner { private Inner() {} int get() { return one(); } }
                  static int task() { return new Inner().get(); }
                }
                """)
            .compiledWith("--release", "8");
    Program after =
        before.edit(
            "private static int one()",
            """
            private static int zero() { return 0; }
            static class Other { private Other() {} int get() { return zero(); } }
            static Object other() { return new Object() { Object o = new Other(); }; }
            private static int one()
            """);
    assertThat(after.fingerprint()).isEqualTo(before.fingerprint());
  }

  @Test
  void fingerprint_visibilityAndFinal_doNotCount() {
    assertSame(BEFORE.edit("private static int plusOne", "public static int plusOne"));
  }

  @Test
  void fingerprint_annotationOfMethod_doesNotCount() {
    assertSame(BEFORE.edit("static int task", "@Deprecated static int task"));
  }

  @Test
  void fingerprint_twiceInOneFingerprinter_isEqual() {
    assertSame(BEFORE);
  }
}
