// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {GridClearance, TradeDelivery, TradeSettlement, TradeTerms} from "../src/TradeSettlement.sol";
import {Scene} from "./Scene.sol";

/// @title A seller, a buyer with tokens, and the makers of terms, clearances and deliveries
abstract contract TradeScene is Scene {
    uint256 internal constant SELLER_KEY = 0x5E11E5;
    uint256 internal constant BUYER_KEY = 0xB0B0B;
    bytes32 internal constant CHECK = keccak256("check");
    bytes32 internal constant TRADE = keccak256("trade");
    uint64 internal constant NOW = 1_768_920_000;
    uint64 internal constant START = 1_768_924_800;
    uint64 internal constant END = 1_768_925_700;
    uint64 internal constant EXPIRES = 1_768_923_000;
    uint64 internal constant SETTLE_BY = 1_769_000_000;
    uint64 internal constant ACCEPTED = 4_000;
    uint64 internal constant PRICE = 220_000;
    uint96 internal constant PURSE = 1_000_000_000;

    TradeSettlement internal trades;
    address internal seller;
    address internal buyer;

    function setUp() public virtual override {
        super.setUp();
        trades = new TradeSettlement(ledger);
        seller = vm.addr(SELLER_KEY);
        buyer = vm.addr(BUYER_KEY);
        token.mint(buyer, PURSE);
        vm.prank(buyer);
        token.approve(address(trades), type(uint256).max);
        vm.warp(NOW);
    }

    function termsOf(bytes32 tradeId) internal view returns (TradeTerms memory) {
        return TradeTerms({
            checkId: CHECK,
            tradeId: tradeId,
            seller: seller,
            buyer: buyer,
            energyWh: 5_000,
            price: PRICE,
            settleBy: SETTLE_BY
        });
    }

    /// @dev A check with one item: the leaf is the root.
    function clearanceOf(TradeTerms memory terms, uint64 acceptedWh) internal view returns (GridClearance memory) {
        return GridClearance({
            checkId: terms.checkId,
            signerSet: 1,
            epoch: 0,
            networkHash: keccak256("network"),
            intervalStart: START,
            intervalEnd: END,
            itemsRoot: trades.hashItem(terms.tradeId, terms.seller, terms.buyer, acceptedWh, SALT),
            expiresAt: EXPIRES,
            dataHash: keccak256("clearance core")
        });
    }

    function deliveryOf(TradeTerms memory terms, uint64 deliveredWh) internal pure returns (TradeDelivery memory) {
        return TradeDelivery({
            checkId: terms.checkId,
            tradeId: terms.tradeId,
            deliveredWh: deliveredWh,
            dataHash: keccak256("delivery core"),
            epoch: 0,
            signerSet: 1
        });
    }

    struct Opening {
        TradeTerms terms;
        bytes sellerSignature;
        bytes buyerSignature;
        GridClearance clearance;
        bytes certificate;
        uint64 acceptedWh;
        bytes32[] proof;
    }

    /// @dev Everything signed as it should be.
    function openingOf(TradeTerms memory terms, uint64 acceptedWh) internal view returns (Opening memory o) {
        bytes32 digest = trades.hashTerms(terms);
        o.terms = terms;
        o.sellerSignature = signature(SELLER_KEY, digest);
        o.buyerSignature = signature(BUYER_KEY, digest);
        o.clearance = clearanceOf(terms, acceptedWh);
        o.certificate = signed(trades.hashClearance(o.clearance));
        o.acceptedWh = acceptedWh;
        o.proof = new bytes32[](0);
    }

    function open(Opening memory o) internal {
        trades.open(
            o.terms, o.sellerSignature, o.buyerSignature, o.clearance, o.certificate, o.acceptedWh, SALT, o.proof
        );
    }

    function openReverts(Opening memory o, bytes memory reason) internal {
        vm.expectRevert(reason);
        open(o);
    }

    function settleTrade(TradeTerms memory terms, uint64 deliveredWh) internal {
        TradeDelivery memory delivery = deliveryOf(terms, deliveredWh);
        trades.settle(terms, delivery, signed(trades.hashDelivery(delivery)));
    }

    function settleTradeReverts(TradeTerms memory terms, uint64 deliveredWh, bytes memory reason) internal {
        TradeDelivery memory delivery = deliveryOf(terms, deliveredWh);
        bytes memory certificate = signed(trades.hashDelivery(delivery));
        vm.expectRevert(reason);
        trades.settle(terms, delivery, certificate);
    }

    function stateOf(bytes32 tradeId) internal view returns (TradeSettlement.State state) {
        (state,,,) = trades.tradeOf(tradeId);
    }
}
