// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SettlementLedger} from "../src/SettlementLedger.sol";
import {SignerQuorum} from "../src/SignerQuorum.sol";
import {GridClearance, TradeDelivery, TradeSettlement, TradeTerms} from "../src/TradeSettlement.sol";
import {TradeScene} from "./TradeScene.sol";

/// @title Consent, clearance, delivery and money, and everything that is refused on the way
contract TradeSettlementTest is TradeScene {
    uint96 private constant COST = 880_000; // 4 kWh at 0.22

    function error1(bytes4 selector, bytes32 value) private pure returns (bytes memory) {
        return abi.encodeWithSelector(selector, value);
    }

    function test_opening_locks_the_money_for_the_cleared_energy() public {
        open(openingOf(termsOf(TRADE), ACCEPTED));
        (TradeSettlement.State state, uint96 escrow, uint64 clearedWh, bytes32 terms) = trades.tradeOf(TRADE);
        holds(state == TradeSettlement.State.OPEN, "open");
        equal(escrow, COST);
        equal(clearedWh, ACCEPTED);
        equal(terms, trades.hashTerms(termsOf(TRADE)));
        equal(token.balanceOf(buyer), PURSE - COST);
        equal(token.balanceOf(address(trades)), COST);
    }

    function test_the_terms_may_cap_what_the_grid_allows() public {
        open(openingOf(termsOf(TRADE), 9_000));
        (, uint96 escrow, uint64 clearedWh,) = trades.tradeOf(TRADE);
        equal(clearedWh, 5_000);
        equal(escrow, 1_100_000);
    }

    function test_the_seller_gets_the_smaller_of_cleared_and_delivered() public {
        TradeTerms memory terms = termsOf(TRADE);
        open(openingOf(terms, ACCEPTED));
        vm.warp(END);
        settleTrade(terms, 3_001);
        equal(token.balanceOf(seller), 660_220);
        equal(token.balanceOf(buyer), PURSE - 660_220);
        equal(token.balanceOf(address(trades)), 0);
        holds(stateOf(TRADE) == TradeSettlement.State.SETTLED, "settled");
    }

    function test_more_than_cleared_is_not_paid() public {
        TradeTerms memory terms = termsOf(TRADE);
        open(openingOf(terms, ACCEPTED));
        vm.warp(END + 1);
        settleTrade(terms, type(uint64).max);
        equal(token.balanceOf(seller), COST);
        equal(token.balanceOf(address(trades)), 0);
    }

    function test_nothing_delivered_gives_everything_back() public {
        TradeTerms memory terms = termsOf(TRADE);
        open(openingOf(terms, ACCEPTED));
        vm.warp(END);
        settleTrade(terms, 0);
        equal(token.balanceOf(seller), 0);
        equal(token.balanceOf(buyer), PURSE);
    }

    function test_without_a_delivery_in_time_the_buyer_is_refunded() public {
        TradeTerms memory terms = termsOf(TRADE);
        open(openingOf(terms, ACCEPTED));
        vm.warp(SETTLE_BY);
        vm.expectRevert(abi.encodeWithSelector(TradeSettlement.RefundTooEarly.selector, SETTLE_BY));
        trades.refund(terms);
        vm.warp(SETTLE_BY + 1);
        settleTradeReverts(
            terms, ACCEPTED, abi.encodeWithSelector(TradeSettlement.SettlementTooLate.selector, SETTLE_BY)
        );
        trades.refund(terms);
        equal(token.balanceOf(buyer), PURSE);
        holds(stateOf(TRADE) == TradeSettlement.State.REFUNDED, "refunded");
        vm.expectRevert(error1(TradeSettlement.TradeNotOpen.selector, TRADE));
        trades.refund(terms);
    }

    function test_each_trade_is_settled_once() public {
        TradeTerms memory terms = termsOf(TRADE);
        Opening memory opening = openingOf(terms, ACCEPTED);
        open(opening);
        openReverts(opening, error1(TradeSettlement.TradeNotNew.selector, TRADE));
        vm.warp(END);
        settleTrade(terms, ACCEPTED);
        settleTradeReverts(terms, ACCEPTED, error1(TradeSettlement.TradeNotOpen.selector, TRADE));
        vm.warp(SETTLE_BY + 1);
        vm.expectRevert(error1(TradeSettlement.TradeNotOpen.selector, TRADE));
        trades.refund(terms);
    }

    function test_other_terms_of_the_same_trade_are_refused() public {
        TradeTerms memory terms = termsOf(TRADE);
        open(openingOf(terms, ACCEPTED));
        TradeTerms memory dearer = termsOf(TRADE);
        dearer.price += 1;
        openReverts(openingOf(dearer, ACCEPTED), error1(TradeSettlement.TradeNotNew.selector, TRADE));
        vm.warp(END);
        settleTradeReverts(
            dearer,
            ACCEPTED,
            abi.encodeWithSelector(
                TradeSettlement.TradeMismatch.selector, trades.hashTerms(terms), trades.hashTerms(dearer)
            )
        );
    }

    function test_a_trade_without_a_clearance_is_not_settled() public {
        vm.warp(END);
        settleTradeReverts(termsOf(TRADE), ACCEPTED, error1(TradeSettlement.TradeNotOpen.selector, TRADE));
    }

    function test_every_field_of_the_clearance_is_bound() public {
        for (uint256 field = 0; field < 7; ++field) {
            Opening memory o = openingOf(termsOf(TRADE), ACCEPTED);
            if (field == 0) o.clearance.epoch = 1;
            if (field == 1) o.clearance.networkHash = keccak256("other");
            if (field == 2) o.clearance.intervalStart += 1;
            if (field == 3) o.clearance.intervalEnd += 1;
            if (field == 4) o.clearance.expiresAt += 1;
            if (field == 5) o.clearance.dataHash = keccak256("other");
            if (field == 6) o.clearance.itemsRoot = trades.hashItem(TRADE, seller, buyer, 5_000, SALT);
            vm.expectRevert(SignerQuorum.SignerNotMember.selector);
            this.openSelectorOnly(o);
        }
    }

    /// @dev Keeps the selector of a revert and drops its arguments, which name random addresses.
    function openSelectorOnly(Opening memory o) external {
        try this.openExternal(o) {}
        catch (bytes memory reason) {
            bytes4 selector = bytes4(reason);
            assembly ("memory-safe") {
                mstore(0, selector)
                revert(0, 4)
            }
        }
    }

    function openExternal(Opening memory o) external {
        open(o);
    }

    function test_two_signatures_are_no_quorum() public {
        Opening memory o = openingOf(termsOf(TRADE), ACCEPTED);
        bytes32 digest = trades.hashClearance(o.clearance);
        o.certificate = bytes.concat(signature(keys[0], digest), signature(keys[1], digest));
        openReverts(o, abi.encodeWithSelector(SignerQuorum.SignatureCountInvalid.selector, 195, 130));
    }

    function test_a_retired_signer_set_clears_nothing() public {
        Opening memory o = openingOf(termsOf(TRADE), ACCEPTED);
        vm.prank(OWNER);
        quorum.retireSignerSet(1);
        openReverts(o, abi.encodeWithSelector(SignerQuorum.SignerSetInactive.selector, 1));
    }

    function test_signatures_for_another_ledger_are_refused() public {
        TradeSettlement twin = new TradeSettlement(new SettlementLedger(token, quorum, OWNER, GUARDIAN));
        Opening memory o = openingOf(termsOf(TRADE), ACCEPTED);
        o.certificate = signed(twin.hashClearance(o.clearance));
        vm.expectRevert(SignerQuorum.SignerNotMember.selector);
        this.openSelectorOnly(o);
    }

    function test_an_expired_clearance_is_refused() public {
        Opening memory o = openingOf(termsOf(TRADE), ACCEPTED);
        vm.warp(EXPIRES + 1);
        openReverts(o, abi.encodeWithSelector(TradeSettlement.ClearanceExpired.selector, EXPIRES));
        vm.warp(EXPIRES);
        open(o);
    }

    function test_the_clearance_must_be_of_the_terms_check() public {
        TradeTerms memory terms = termsOf(TRADE);
        terms.checkId = keccak256("other check");
        Opening memory o = openingOf(terms, ACCEPTED);
        o.clearance = clearanceOf(termsOf(TRADE), ACCEPTED);
        o.certificate = signed(trades.hashClearance(o.clearance));
        openReverts(o, abi.encodeWithSelector(TradeSettlement.TradeMismatch.selector, terms.checkId, CHECK));
    }

    function test_an_item_that_is_not_in_the_tree_is_refused() public {
        bytes memory reason = error1(TradeSettlement.ItemNotCleared.selector, TRADE);
        Opening memory o = openingOf(termsOf(TRADE), ACCEPTED);
        o.acceptedWh = ACCEPTED + 1;
        openReverts(o, reason);
        o = openingOf(termsOf(TRADE), ACCEPTED);
        o.proof = oneSibling(keccak256("sibling"));
        openReverts(o, reason);
    }

    function test_an_item_is_found_beside_others() public {
        Opening memory o = openingOf(termsOf(TRADE), ACCEPTED);
        bytes32 sibling = trades.hashItem(keccak256("second"), seller, buyer, 1, SALT);
        o.clearance.itemsRoot = pairRoot(o.clearance.itemsRoot, sibling);
        o.certificate = signed(trades.hashClearance(o.clearance));
        o.proof = oneSibling(sibling);
        open(o);
        holds(stateOf(TRADE) == TradeSettlement.State.OPEN, "open");
    }

    function test_both_parties_must_agree() public {
        Opening memory o = openingOf(termsOf(TRADE), ACCEPTED);
        o.sellerSignature = o.buyerSignature;
        openReverts(o, abi.encodeWithSelector(TradeSettlement.ConsentMissing.selector, seller));
        o = openingOf(termsOf(TRADE), ACCEPTED);
        o.buyerSignature = "";
        openReverts(o, abi.encodeWithSelector(TradeSettlement.ConsentMissing.selector, buyer));
        TradeTerms memory nobody = termsOf(TRADE);
        nobody.seller = address(0);
        o = openingOf(nobody, ACCEPTED);
        openReverts(o, abi.encodeWithSelector(TradeSettlement.ConsentMissing.selector, address(0)));
    }

    function test_a_party_that_calls_needs_no_signature() public {
        Opening memory o = openingOf(termsOf(TRADE), ACCEPTED);
        vm.prank(buyer);
        trades.open(o.terms, o.sellerSignature, "", o.clearance, o.certificate, o.acceptedWh, SALT, o.proof);
        holds(stateOf(TRADE) == TradeSettlement.State.OPEN, "open");
        o = openingOf(termsOf(keccak256("second")), ACCEPTED);
        vm.prank(seller);
        trades.open(o.terms, "", o.buyerSignature, o.clearance, o.certificate, o.acceptedWh, SALT, o.proof);
    }

    function test_consent_to_other_terms_is_none() public {
        Opening memory o = openingOf(termsOf(TRADE), ACCEPTED);
        o.terms.price += 1;
        openReverts(o, abi.encodeWithSelector(TradeSettlement.ConsentMissing.selector, seller));
    }

    function test_a_trade_cut_to_nothing_is_not_opened() public {
        openReverts(openingOf(termsOf(TRADE), 0), error1(TradeSettlement.NothingCleared.selector, TRADE));
    }

    function test_the_time_to_settle_lies_after_the_interval() public {
        TradeTerms memory terms = termsOf(TRADE);
        terms.settleBy = END;
        openReverts(
            openingOf(terms, ACCEPTED), abi.encodeWithSelector(TradeSettlement.SettleByInvalid.selector, END, END)
        );
    }

    function test_delivery_is_not_settled_before_the_interval_ends() public {
        TradeTerms memory terms = termsOf(TRADE);
        open(openingOf(terms, ACCEPTED));
        vm.warp(END - 1);
        settleTradeReverts(terms, ACCEPTED, abi.encodeWithSelector(TradeSettlement.DeliveryTooEarly.selector, END));
    }

    function test_a_delivery_of_another_trade_or_check_is_refused() public {
        TradeTerms memory terms = termsOf(TRADE);
        open(openingOf(terms, ACCEPTED));
        vm.warp(END);
        TradeDelivery memory d = deliveryOf(terms, ACCEPTED);
        d.tradeId = keccak256("other");
        bytes memory certificate = signed(trades.hashDelivery(d));
        vm.expectRevert(abi.encodeWithSelector(TradeSettlement.TradeMismatch.selector, TRADE, d.tradeId));
        trades.settle(terms, d, certificate);
        d = deliveryOf(terms, ACCEPTED);
        d.checkId = keccak256("other");
        certificate = signed(trades.hashDelivery(d));
        vm.expectRevert(abi.encodeWithSelector(TradeSettlement.TradeMismatch.selector, CHECK, d.checkId));
        trades.settle(terms, d, certificate);
    }

    function test_a_delivery_needs_a_quorum() public {
        TradeTerms memory terms = termsOf(TRADE);
        open(openingOf(terms, ACCEPTED));
        vm.warp(END);
        TradeDelivery memory d = deliveryOf(terms, ACCEPTED);
        bytes memory one = signature(keys[0], trades.hashDelivery(d));
        vm.expectRevert(abi.encodeWithSelector(SignerQuorum.SignatureCountInvalid.selector, 195, 65));
        trades.settle(terms, d, one);
    }

    function test_the_money_is_exact_for_any_energy_and_price(
        uint64 accepted,
        uint64 wanted,
        uint64 delivered,
        uint64 price
    ) public {
        TradeTerms memory terms = termsOf(TRADE);
        terms.energyWh = uint64(within(wanted, 1, 1e9));
        terms.price = uint64(within(price, 0, 1e9));
        accepted = uint64(within(accepted, 1, 1e9));
        token.mint(buyer, 1e15);
        uint256 purse = token.balanceOf(buyer);
        open(openingOf(terms, accepted));
        vm.warp(END);
        settleTrade(terms, delivered);
        uint256 paidWh = accepted < terms.energyWh ? accepted : terms.energyWh;
        if (delivered < paidWh) paidWh = delivered;
        equal(token.balanceOf(seller), paidWh * terms.price / 1000);
        equal(token.balanceOf(buyer) + token.balanceOf(seller), purse);
        equal(token.balanceOf(address(trades)), 0);
    }
}
