package dev.reprise.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CombineTreeTest {
  @Test
  void tree_anySize_takesEveryLeafAndEveryUnitButTheRootOnceInOrder() {
    forEachTree(
        (tree, leaves, fanIn) -> {
          List<Integer> leavesTaken = new ArrayList<>();
          List<Integer> unitsTaken = new ArrayList<>();
          for (int unit = 0; unit < tree.units(); unit++) {
            int first = tree.firstChild(unit);
            List<Integer> taken = tree.takesLeaves(unit) ? leavesTaken : unitsTaken;
            IntStream.range(first, first + tree.children(unit)).forEach(taken::add);
            assertThat(tree.children(unit)).isBetween(leaves == 0 ? 0 : 1, fanIn);
          }
          assertThat(leavesTaken).isEqualTo(IntStream.range(0, leaves).boxed().toList());
          assertThat(unitsTaken).isEqualTo(IntStream.range(0, tree.units() - 1).boxed().toList());
        });
  }

  @Test
  void parent_anySize_isTheUnitThatTakesIt() {
    forEachTree(
        (tree, leaves, fanIn) -> {
          for (int unit = 0; unit < tree.units(); unit++) {
            for (int i = 0; i < tree.children(unit); i++) {
              int child = tree.firstChild(unit) + i;
              assertThat(tree.takesLeaves(unit) ? tree.parentOfLeaf(child) : tree.parent(child))
                  .isEqualTo(unit);
            }
          }
          assertThat(tree.parent(tree.units() - 1)).isEqualTo(-1);
        });
  }

  @Test
  void level_anySize_isFullButForItsLastUnit() {
    forEachTree(
        (tree, leaves, fanIn) -> {
          for (int unit = 0; unit + 1 < tree.units(); unit++) {
            if (height(tree, unit) == height(tree, unit + 1)) {
              assertThat(tree.children(unit)).isEqualTo(fanIn);
            }
          }
        });
  }

  @Test
  void label_anySize_isUnique() {
    forEachTree(
        (tree, leaves, fanIn) -> {
          Set<String> labels = new HashSet<>();
          for (int unit = 0; unit < tree.units(); unit++) {
            assertThat(labels.add(tree.label(unit))).isTrue();
          }
        });
  }

  @Test
  void label_moreLeaves_renameNoUnit() {
    CombineTree small = new CombineTree(18, 4);
    CombineTree large = new CombineTree(19, 4);
    assertThat(labels(small))
        .containsExactly(
            "0-3", "4-7", "8-11", "12-15", "16-19", "level2:0-15", "level2:16-31", "level3:0-63")
        .isEqualTo(labels(large));
    assertThat(labels(new CombineTree(100, 4))).containsAll(labels(small));
  }

  @Test
  void tree_noLeaves_isOneUnitThatTakesNothing() {
    CombineTree tree = new CombineTree(0, 3);
    assertThat(tree.units()).isEqualTo(1);
    assertThat(tree.takesLeaves(0)).isTrue();
    assertThat(tree.children(0)).isZero();
    assertThat(tree.parent(0)).isEqualTo(-1);
  }

  @Test
  void tree_hugeFanIn_isOneUnit() {
    CombineTree tree = new CombineTree(1_000_000, Integer.MAX_VALUE);
    assertThat(tree.units()).isEqualTo(1);
    assertThat(tree.children(0)).isEqualTo(1_000_000);
    assertThat(tree.label(0)).isEqualTo("0-2147483646");
  }

  @Test
  void tree_fanInBelowTwo_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CombineTree(3, 1))
        .withMessage("a combine takes 2 or more at a time, not 1");
  }

  private static int height(CombineTree tree, int unit) {
    return tree.takesLeaves(unit) ? 0 : 1 + height(tree, tree.firstChild(unit));
  }

  private interface Check {
    void check(CombineTree tree, int leaves, int fanIn);
  }

  private static void forEachTree(Check check) {
    for (int leaves = 0; leaves <= 100; leaves++) {
      for (int fanIn = 2; fanIn <= 9; fanIn++) {
        check.check(new CombineTree(leaves, fanIn), leaves, fanIn);
      }
    }
  }

  private static List<String> labels(CombineTree tree) {
    return IntStream.range(0, tree.units()).mapToObj(tree::label).toList();
  }
}
