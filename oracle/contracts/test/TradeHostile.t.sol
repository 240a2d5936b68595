// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SettlementLedger} from "../src/SettlementLedger.sol";
import {TradeSettlement, TradeTerms} from "../src/TradeSettlement.sol";
import {TradeScene} from "./TradeScene.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice A token that can keep a fee and calls back during every transfer.
contract GreedyToken is ERC20("Greedy", "GRD") {
    address public target;
    bytes public call;
    bool public reentered;
    uint256 public fee;

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function arm(address target_, bytes calldata call_, uint256 fee_) external {
        target = target_;
        call = call_;
        fee = fee_;
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, from == address(0) ? amount : amount - fee);
        if (target == address(0)) return;
        (bool done,) = target.call(call);
        reentered = reentered || done;
    }
}

/// @notice A party that is a contract and agrees to everything (ERC-1271).
contract Agreeable {
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return 0x1626ba7e;
    }
}

/// @title Nobody gains from a token or a party that misbehaves
contract TradeHostileTest is TradeScene {
    GreedyToken private greedy;

    function setUp() public override {
        super.setUp();
        greedy = new GreedyToken();
        trades = new TradeSettlement(new SettlementLedger(IERC20(address(greedy)), quorum, OWNER, GUARDIAN));
        greedy.mint(buyer, PURSE);
        vm.prank(buyer);
        greedy.approve(address(trades), type(uint256).max);
    }

    function test_a_token_that_keeps_a_fee_is_refused() public {
        greedy.arm(address(0), "", 1);
        openReverts(
            openingOf(termsOf(TRADE), ACCEPTED),
            abi.encodeWithSelector(TradeSettlement.TransferShort.selector, 880_000, 879_999)
        );
    }

    function test_a_settlement_cannot_be_entered_twice() public {
        TradeTerms memory terms = termsOf(TRADE);
        open(openingOf(terms, ACCEPTED));
        open(openingOf(termsOf(keccak256("second")), ACCEPTED));
        vm.warp(END);
        bytes memory certificate = signed(trades.hashDelivery(deliveryOf(terms, 1_000)));
        greedy.arm(
            address(trades),
            abi.encodeCall(TradeSettlement.settle, (terms, deliveryOf(terms, 1_000), certificate)),
            0
        );
        settleTrade(terms, 1_000);
        holds(!greedy.reentered(), "the second settlement was refused");
        equal(greedy.balanceOf(seller), 220_000);
        equal(greedy.balanceOf(address(trades)), 880_000);
    }

    function test_a_refund_cannot_be_entered_twice() public {
        TradeTerms memory terms = termsOf(TRADE);
        open(openingOf(terms, ACCEPTED));
        open(openingOf(termsOf(keccak256("second")), ACCEPTED));
        vm.warp(SETTLE_BY + 1);
        greedy.arm(address(trades), abi.encodeCall(TradeSettlement.refund, (terms)), 0);
        trades.refund(terms);
        holds(!greedy.reentered(), "the second refund was refused");
        equal(greedy.balanceOf(address(trades)), 880_000);
    }

    function test_a_contract_account_can_agree() public {
        TradeTerms memory terms = termsOf(TRADE);
        terms.seller = address(new Agreeable());
        open(openingOf(terms, ACCEPTED));
        vm.warp(END);
        settleTrade(terms, ACCEPTED);
        equal(greedy.balanceOf(terms.seller), 880_000);
    }
}
