// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Commitment, Settlement, SettlementLedger} from "../src/SettlementLedger.sol";
import {SignerQuorum} from "../src/SignerQuorum.sol";
import {Scene} from "./Scene.sol";

/// @title Promise, run and payment, and everything that is refused on the way
contract SettlementLedgerTest is Scene {
    uint96 private constant MAX = 5_000_000;

    function test_commit_locks_the_maximum_liability() public {
        commit(EVENT, MAX);
        equal(ledger.openLiabilities(), MAX);
        (bytes32 root, uint96 maxLiability, uint16 revision, bytes15 prefix) = ledger.commitmentOf(EVENT);
        Commitment memory c = commitment(EVENT, MAX);
        equal(root, c.commitmentRoot);
        equal(maxLiability, MAX);
        equal(revision, 1);
        equal(bytes32(prefix), bytes32(bytes15(ledger.hashCommitment(c))));
    }

    function test_commit_again_changes_nothing() public {
        commit(EVENT, MAX);
        commit(EVENT, MAX);
        equal(ledger.openLiabilities(), MAX);
    }

    function test_commit_with_other_content_is_refused() public {
        commit(EVENT, MAX);
        bytes memory reason = abi.encodeWithSelector(SettlementLedger.CommitmentConflict.selector, EVENT);
        Commitment memory c = commitment(EVENT, MAX + 1);
        commitReverts(c, reason);
        c = commitment(EVENT, MAX);
        c.dataHash = keccak256("other");
        commitReverts(c, reason);
        c = commitment(EVENT, MAX);
        c.commitmentRoot = keccak256("other");
        commitReverts(c, reason);
        c = commitment(EVENT, MAX);
        c.epoch = 1;
        commitReverts(c, reason);
    }

    function test_commit_needs_enough_free_escrow() public {
        commit(EVENT, FUNDED - 10);
        commitReverts(
            commitment(keccak256("second"), 11),
            abi.encodeWithSelector(SettlementLedger.EscrowTooSmall.selector, 11, 10)
        );
        commit(keccak256("second"), 10);
        equal(ledger.openLiabilities(), FUNDED);
    }

    function test_commit_needs_a_root() public {
        Commitment memory c = commitment(EVENT, MAX);
        c.commitmentRoot = bytes32(0);
        commitReverts(c, abi.encodeWithSelector(SettlementLedger.RootMissing.selector));
    }

    function test_a_late_block_does_not_undo_the_promise() public {
        vm.warp(2_000_000_000);
        commit(EVENT, MAX);
        equal(ledger.openLiabilities(), MAX);
    }

    function test_signatures_for_another_contract_or_chain_are_refused() public {
        SettlementLedger twin = new SettlementLedger(IERC20(address(token)), quorum, OWNER, GUARDIAN);
        Commitment memory c = commitment(EVENT, MAX);
        bytes memory signatures = signed(twin.hashCommitment(c));
        vm.expectRevert(SignerQuorum.SignerNotMember.selector);
        this.commitSelectorOnly(c, signatures);
        signatures = signed(ledger.hashCommitment(c));
        vm.chainId(424242);
        vm.expectRevert(SignerQuorum.SignerNotMember.selector);
        this.commitSelectorOnly(c, signatures);
    }

    /// @dev Keeps the selector of a revert and drops its arguments, which name random addresses.
    function commitSelectorOnly(Commitment calldata c, bytes calldata signatures) external {
        try ledger.commit(c, signatures) {}
        catch (bytes memory reason) {
            // forge-lint: disable-next-line(unsafe-typecast)
            bytes4 selector = bytes4(reason);
            assembly ("memory-safe") {
                mstore(0, selector)
                revert(0, 4)
            }
        }
    }

    function test_signatures_of_another_set_are_refused() public {
        vm.prank(OWNER);
        quorum.addSignerSet(addressesOf(sortedKeys(50, 4)));
        Commitment memory c = commitment(EVENT, MAX);
        c.signerSet = 2;
        commitReverts(c, abi.encodeWithSelector(SignerQuorum.SignerNotMember.selector, 0, vm.addr(keys[0])));
    }

    function test_a_signature_of_a_commitment_is_none_of_a_settlement() public {
        commit(EVENT, MAX);
        Settlement memory s = settlement(EVENT, MAX);
        bytes memory signatures = signed(ledger.hashCommitment(commitment(EVENT, MAX)));
        vm.expectRevert();
        ledger.settle(s, signatures);
        equal(ledger.sequence(), 0);
    }

    function test_settle_releases_the_liability_and_replaces_the_root() public {
        commit(EVENT, MAX);
        Settlement memory s = settlement(EVENT, 3_000_000);
        settle(s);
        equal(ledger.openLiabilities(), 0);
        equal(ledger.entitledTotal(), 3_000_000);
        equal(ledger.sequence(), 1);
        equal(ledger.entitlementRoot(), s.entitlementRoot);
        (bytes32 digest, uint16 revision, uint8 runType) = ledger.settlementOf(EVENT);
        equal(digest, ledger.hashSettlement(s));
        equal(revision, 1);
        equal(runType, 1);
    }

    function test_settle_again_changes_nothing() public {
        commit(EVENT, MAX);
        Settlement memory s = settlement(EVENT, 3_000_000);
        settle(s);
        settle(s);
        equal(ledger.sequence(), 1);
        equal(ledger.entitledTotal(), 3_000_000);
    }

    function test_settle_with_other_content_is_refused() public {
        commit(EVENT, MAX);
        settle(settlement(EVENT, 3_000_000));
        Settlement memory s = settlement(EVENT, 3_000_001);
        settleReverts(s, abi.encodeWithSelector(SettlementLedger.RevisionConflict.selector, 1, 1));
        s.revision = 2;
        s.runType = 0;
        settleReverts(s, abi.encodeWithSelector(SettlementLedger.RunTypeInvalid.selector, 1, 0));
        s.runType = 5;
        settleReverts(s, abi.encodeWithSelector(SettlementLedger.RunTypeInvalid.selector, 1, 5));
    }

    function test_settle_needs_the_commitment_it_names() public {
        Settlement memory s = settlement(EVENT, 1);
        settleReverts(
            s, abi.encodeWithSelector(SettlementLedger.CommitmentUnknown.selector, EVENT, s.commitmentRoot)
        );
        commit(EVENT, MAX);
        s.commitmentRoot = keccak256("other");
        settleReverts(
            s, abi.encodeWithSelector(SettlementLedger.CommitmentUnknown.selector, EVENT, s.commitmentRoot)
        );
        s.eventId = keccak256("no commitment");
        s.commitmentRoot = bytes32(0);
        settleReverts(
            s, abi.encodeWithSelector(SettlementLedger.CommitmentUnknown.selector, s.eventId, bytes32(0))
        );
    }

    function test_settle_follows_the_newest_run() public {
        commit(EVENT, MAX);
        Settlement memory s = settlement(EVENT, 1);
        s.sequence = 2;
        settleReverts(s, abi.encodeWithSelector(SettlementLedger.SequenceMismatch.selector, 1, 2));
        s.sequence = 0;
        settleReverts(s, abi.encodeWithSelector(SettlementLedger.SequenceMismatch.selector, 1, 0));
        s.sequence = 1;
        s.previousRoot = keccak256("other");
        settleReverts(
            s,
            abi.encodeWithSelector(SettlementLedger.PreviousRootMismatch.selector, bytes32(0), s.previousRoot)
        );
    }

    function test_the_first_run_stays_within_the_commitment() public {
        commit(EVENT, MAX);
        settleReverts(
            settlement(EVENT, MAX + 1),
            abi.encodeWithSelector(SettlementLedger.LiabilityExceeded.selector, MAX + 1, MAX)
        );
        settle(settlement(EVENT, MAX));
        bytes32 second = keccak256("second");
        commit(second, 10);
        settleReverts(
            settlement(second, MAX + 11),
            abi.encodeWithSelector(SettlementLedger.LiabilityExceeded.selector, 11, 10)
        );
        settle(settlement(second, MAX + 10));
    }

    function test_totals_and_open_liabilities_stay_within_the_escrow() public {
        commit(EVENT, 10);
        settle(settlement(EVENT, 10));
        commit(keccak256("second"), FUNDED - 20);
        Settlement memory s = settlement(EVENT, 21);
        s.revision = 2;
        s.runType = 3;
        settleReverts(
            s, abi.encodeWithSelector(SettlementLedger.EscrowTooSmall.selector, uint256(FUNDED) + 1, FUNDED)
        );
        s = settlement(EVENT, 20);
        s.revision = 2;
        s.runType = 3;
        settle(s);
    }

    function test_a_later_run_may_lower_the_total_but_not_below_what_was_paid() public {
        commit(EVENT, MAX);
        settle(settlement(EVENT, 3_000_000));
        Settlement memory s = settlement(EVENT, 2_000_000);
        s.revision = 2;
        s.runType = 2;
        settle(s);
        ledger.claim(PAYEE, 2_000_000, SALT, new bytes32[](0));
        s = settlement(EVENT, 1_999_999);
        s.revision = 3;
        s.runType = 3;
        settleReverts(
            s, abi.encodeWithSelector(SettlementLedger.TotalBelowPaid.selector, 1_999_999, 2_000_000)
        );
    }

    function test_a_run_type_never_goes_back() public {
        commit(EVENT, MAX);
        Settlement memory s = settlement(EVENT, 1);
        s.runType = 3;
        settle(s);
        s = settlement(EVENT, 2);
        s.revision = 2;
        s.runType = 2;
        settleReverts(s, abi.encodeWithSelector(SettlementLedger.RunTypeInvalid.selector, 3, 2));
    }

    function test_claim_pays_lifetime_minus_paid() public {
        commit(EVENT, MAX);
        settle(settlement(EVENT, 3_000_000));
        ledger.claim(PAYEE, 3_000_000, SALT, new bytes32[](0));
        equal(token.balanceOf(PAYEE), 3_000_000);
        Settlement memory s = settlement(EVENT, 3_500_000);
        s.revision = 2;
        settle(s);
        ledger.claim(PAYEE, 3_500_000, SALT, new bytes32[](0));
        equal(token.balanceOf(PAYEE), 3_500_000);
        equal(ledger.paid(PAYEE), 3_500_000);
        equal(ledger.paidTotal(), 3_500_000);
    }

    function test_claim_twice_pays_once() public {
        commit(EVENT, MAX);
        settle(settlement(EVENT, 3_000_000));
        ledger.claim(PAYEE, 3_000_000, SALT, new bytes32[](0));
        claimReverts(
            PAYEE,
            3_000_000,
            abi.encodeWithSelector(SettlementLedger.NothingToClaim.selector, PAYEE, 3_000_000, 3_000_000)
        );
        equal(token.balanceOf(PAYEE), 3_000_000);
    }

    function test_a_lowered_entitlement_pays_nothing_and_takes_nothing() public {
        address other = address(0xCAFE);
        commit(EVENT, MAX);
        settle(settlement(EVENT, 3_000_000));
        ledger.claim(PAYEE, 3_000_000, SALT, new bytes32[](0));
        Settlement memory s = settlement(EVENT, 4_000_000);
        bytes32 low = ledger.hashEntitlement(PAYEE, 2_500_000, SALT);
        bytes32 high = ledger.hashEntitlement(other, 1_500_000, SALT);
        s.entitlementRoot = pairRoot(low, high);
        s.revision = 2;
        settle(s);
        vm.expectRevert(
            abi.encodeWithSelector(SettlementLedger.NothingToClaim.selector, PAYEE, 2_500_000, 3_000_000)
        );
        ledger.claim(PAYEE, 2_500_000, SALT, oneSibling(high));
        vm.expectRevert(
            abi.encodeWithSelector(SettlementLedger.TotalExceeded.selector, 4_500_000, 4_000_000)
        );
        ledger.claim(other, 1_500_000, SALT, oneSibling(low));
    }

    function test_claim_needs_the_exact_leaf() public {
        commit(EVENT, MAX);
        settle(settlement(EVENT, 3_000_000));
        bytes memory reason = abi.encodeWithSelector(SettlementLedger.ProofInvalid.selector, PAYEE);
        claimReverts(PAYEE, 3_000_001, reason);
        vm.expectRevert(reason);
        ledger.claim(PAYEE, 3_000_000, keccak256("other"), new bytes32[](0));
        vm.expectRevert(reason);
        ledger.claim(PAYEE, 3_000_000, SALT, oneSibling(bytes32(uint256(1))));
        claimReverts(
            address(7), 3_000_000, abi.encodeWithSelector(SettlementLedger.ProofInvalid.selector, address(7))
        );
    }

    function test_a_pause_stops_everything_and_moves_nothing() public {
        commit(EVENT, MAX);
        settle(settlement(EVENT, 3_000_000));
        uint256 balance = token.balanceOf(address(ledger));
        vm.prank(GUARDIAN);
        ledger.pause();
        bytes memory reason = abi.encodeWithSelector(SettlementLedger.LedgerPaused.selector);
        commitReverts(commitment(keccak256("second"), 1), reason);
        settleReverts(settlement(EVENT, 1), reason);
        claimReverts(PAYEE, 3_000_000, reason);
        equal(token.balanceOf(address(ledger)), balance);
        equal(token.balanceOf(GUARDIAN), 0);
        vm.prank(OWNER);
        ledger.unpause();
        ledger.claim(PAYEE, 3_000_000, SALT, new bytes32[](0));
    }

    function test_the_guardian_can_do_nothing_but_pause() public {
        vm.prank(GUARDIAN);
        vm.expectRevert();
        ledger.withdraw(GUARDIAN, 1);
        vm.prank(GUARDIAN);
        vm.expectRevert();
        ledger.unpause();
        vm.prank(GUARDIAN);
        vm.expectRevert();
        ledger.setGuardian(GUARDIAN);
        vm.expectRevert(abi.encodeWithSelector(SettlementLedger.NotGuardian.selector, address(this)));
        ledger.pause();
    }

    function test_the_owner_takes_only_unlocked_surplus() public {
        commit(EVENT, 100);
        settle(settlement(EVENT, 60));
        commit(keccak256("second"), 40);
        vm.prank(OWNER);
        vm.expectRevert(
            abi.encodeWithSelector(SettlementLedger.EscrowTooSmall.selector, FUNDED - 99, FUNDED - 100)
        );
        ledger.withdraw(OWNER, FUNDED - 99);
        vm.prank(OWNER);
        ledger.withdraw(OWNER, FUNDED - 100);
        equal(token.balanceOf(OWNER), FUNDED - 100);
        ledger.claim(PAYEE, 60, SALT, new bytes32[](0));
        vm.prank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(SettlementLedger.EscrowTooSmall.selector, 1, 0));
        ledger.withdraw(OWNER, 1);
    }

    function test_funding_with_nothing_is_refused() public {
        vm.expectRevert(abi.encodeWithSelector(SettlementLedger.NothingArrived.selector));
        ledger.fund(0);
    }

    function testFuzz_any_changed_field_of_a_run_needs_new_signatures(uint8 field, uint256 value) public {
        commit(EVENT, MAX);
        Settlement memory s = settlement(EVENT, 3_000_000);
        bytes32 digest = ledger.hashSettlement(s);
        bytes memory signatures = signed(digest);
        change(s, field % 13, value);
        vm.assume(ledger.hashSettlement(s) != digest);
        vm.expectRevert();
        ledger.settle(s, signatures);
    }

    function change(Settlement memory s, uint8 field, uint256 value) private pure {
        bytes memory words = abi.encode(s);
        uint8[13] memory bits = [64, 255, 16, 8, 32, 64, 255, 255, 255, 96, 255, 64, 255];
        uint256 mask = (uint256(1) << bits[field]) - 1;
        assembly ("memory-safe") {
            mstore(add(words, add(32, mul(32, field))), and(value, mask))
        }
        Settlement memory changed = abi.decode(words, (Settlement));
        assembly ("memory-safe") {
            mcopy(s, changed, 416)
        }
    }

    function testFuzz_a_claim_never_pays_more_than_the_leaf(uint96 total, uint96 asked) public {
        total = uint96(within(total, 1, MAX));
        commit(EVENT, MAX);
        settle(settlement(EVENT, total));
        vm.assume(asked != total);
        vm.expectRevert();
        ledger.claim(PAYEE, asked, SALT, new bytes32[](0));
        ledger.claim(PAYEE, total, SALT, new bytes32[](0));
        equal(token.balanceOf(PAYEE), total);
    }
}
