// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TradeSettlement, TradeTerms} from "../src/TradeSettlement.sol";
import {TradeScene} from "./TradeScene.sol";

/// @notice Opens, settles and refunds trades in any order, with any quantities, at any time.
contract Trader is TradeScene {
    uint256 public opened;
    uint256 public escrowed;
    uint256 public paid;
    uint256 public refunded;

    mapping(uint256 trade => TradeTerms) private _termsOf;
    mapping(uint256 trade => uint256) public wentIn;
    mapping(uint256 trade => uint256) public cameOut;

    function openOne(uint64 acceptedWh, uint64 energyWh, uint64 price) external {
        vm.warp(NOW);
        uint256 number = opened + 1;
        TradeTerms memory terms = termsOf(bytes32(number));
        terms.energyWh = uint64(within(energyWh, 0, 20_000));
        terms.price = uint64(within(price, 0, 1_000_000));
        uint256 before = token.balanceOf(address(trades));
        open(openingOf(terms, uint64(within(acceptedWh, 0, 20_000))));
        opened = number;
        _termsOf[number] = terms;
        wentIn[number] = token.balanceOf(address(trades)) - before;
        escrowed += wentIn[number];
    }

    function openAgain(uint256 which) external {
        vm.warp(NOW);
        TradeTerms memory terms = _termsOf[within(which, 1, opened)];
        open(openingOf(terms, ACCEPTED));
        holds(false, "a trade was opened twice");
    }

    function settleOne(uint256 which, uint64 deliveredWh, uint64 when) external {
        uint256 number = within(which, 1, opened);
        vm.warp(within(when, END - 2, SETTLE_BY + 2));
        uint256 before = token.balanceOf(seller);
        uint256 held = token.balanceOf(address(trades));
        settleTrade(_termsOf[number], uint64(within(deliveredWh, 0, 30_000)));
        paid += token.balanceOf(seller) - before;
        cameOut[number] += held - token.balanceOf(address(trades));
    }

    function refundOne(uint256 which, uint64 when) external {
        uint256 number = within(which, 1, opened);
        vm.warp(within(when, SETTLE_BY - 2, SETTLE_BY + 2));
        uint256 held = token.balanceOf(address(trades));
        trades.refund(_termsOf[number]);
        refunded += held - token.balanceOf(address(trades));
        cameOut[number] += held - token.balanceOf(address(trades));
    }

    function openEscrows() external view returns (uint256 sum) {
        for (uint256 i = 1; i <= opened; ++i) {
            (, uint96 escrow,,) = trades.tradeOf(bytes32(i));
            sum += escrow;
        }
    }

    function balances() external view returns (uint256 contractHas, uint256 sellerHas, uint256 buyerHas) {
        return (token.balanceOf(address(trades)), token.balanceOf(seller), token.balanceOf(buyer));
    }

    function purse() external pure returns (uint256) {
        return PURSE;
    }
}

/// @title What holds after any sequence of calls
contract TradeInvariantsTest is TradeScene {
    Trader private trader;

    function setUp() public override {
        trader = new Trader();
        trader.setUp();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(trader);
    }

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[] memory selectors = new bytes4[](4);
        selectors[0] = Trader.openOne.selector;
        selectors[1] = Trader.openAgain.selector;
        selectors[2] = Trader.settleOne.selector;
        selectors[3] = Trader.refundOne.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(trader), selectors);
    }

    function invariant_the_contract_holds_exactly_the_open_escrows() public view {
        (uint256 contractHas,,) = trader.balances();
        equal(contractHas, trader.openEscrows());
    }

    function invariant_no_money_is_made_or_lost() public view {
        (uint256 contractHas, uint256 sellerHas, uint256 buyerHas) = trader.balances();
        equal(contractHas + sellerHas + buyerHas, trader.purse());
        equal(sellerHas, trader.paid());
    }

    function invariant_no_trade_gives_out_more_than_went_in() public view {
        for (uint256 i = 1; i <= trader.opened(); ++i) {
            uint256 out = trader.cameOut(i);
            holds(out == 0 || out == trader.wentIn(i), "all of an escrow or nothing leaves");
        }
    }
}
